import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { getSignedUrl as signForCloudFront } from "@aws-sdk/cloudfront-signer";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl as signForS3 } from "@aws-sdk/s3-request-presigner";
import { LRUCache } from "lru-cache";
import { boundedCalls, reached } from "../awsFailure.ts";
import type { Clock } from "../clock/clock.ts";
import { signingWindow } from "./expiry.ts";
import { checkKey } from "./key.ts";
import type { Storage, StoredObject } from "./storage.ts";

export interface S3StorageOptions {
  readonly bucket: string;
  readonly clock: Clock;
  /** Region, endpoint and credentials where the surroundings don't tell them. */
  readonly client?: S3ClientConfig;
  /** Where present, addresses lead through the distribution instead of the bucket. */
  readonly cloudFront?: CloudFrontKeys;
}

export interface CloudFrontKeys {
  /** Such as `https://media.example.com`, without a slash at the end. */
  readonly baseUrl: string;
  readonly keyPairId: string;
  /** The PEM text of the RSA or ECDSA key whose public half the distribution trusts. */
  readonly privateKey: string;
}

const REMOVE_MAX = 1000;
const SIGNATURES_MAX = 10_000;

/** Files in an S3 bucket. The role needs `s3:ListBucket`, without which S3 says "forbidden" for what is not there. */
export function s3Storage(options: S3StorageOptions): Storage {
  const { bucket, clock } = options;
  const client = new S3Client({ ...boundedCalls, ...options.client });
  const signer = presigner(options);

  return {
    uploadForm: (upload) => signer.form(upload),
    url: (key, expiresSec) => signer.url(key, expiresSec, clock.now()),

    async put(key, body, contentType) {
      checkKey(key);
      await reached(client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType })));
    },

    async get(key) {
      checkKey(key);
      return orNull(async (): Promise<StoredObject> => {
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (!found.Body) throw new Error(`S3 answered without a body for ${key}`);
        return { body: await found.Body.transformToByteArray(), contentType: found.ContentType ?? "application/octet-stream" };
      });
    },

    async head(key) {
      checkKey(key);
      return orNull(async () => {
        const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { bytes: found.ContentLength ?? 0, contentType: found.ContentType ?? "application/octet-stream" };
      });
    },

    async remove(keys) {
      keys.forEach(checkKey);
      for (let at = 0; at < keys.length; at += REMOVE_MAX) {
        const Objects = keys.slice(at, at + REMOVE_MAX).map((Key) => ({ Key }));
        const done = await reached(client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } })));
        const failed = done.Errors?.[0];
        // Removing what is gone succeeds, so the caller simply removes all of them again.
        if (failed) throw new Error(`S3 kept ${done.Errors?.length} of ${Objects.length} objects: ${failed.Code} ${failed.Message}`);
      }
    },

    async ping() {
      await reached(client.send(new HeadBucketCommand({ Bucket: bucket })));
    },
  };
}

interface Presigner {
  form: Storage["uploadForm"];
  url(key: string, expiresSec: number, now: Date): Promise<string>;
}

function presigner({ bucket, client, cloudFront }: S3StorageOptions): Presigner {
  // A checksum that is computed before the body exists would be signed into the address and refuse every upload.
  const signing = new S3Client({ ...boundedCalls, ...client, requestChecksumCalculation: "WHEN_REQUIRED" });
  const signatures = new LRUCache<string, string>({ max: SIGNATURES_MAX });

  async function sign(key: string, expiresSec: number, signedAt: Date, expiresAt: Date): Promise<string> {
    if (!cloudFront) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      return signForS3(signing, command, { expiresIn: expiresSec, signingDate: signedAt });
    }
    const { baseUrl, keyPairId, privateKey } = cloudFront;
    return signForCloudFront({ url: `${baseUrl}/${key}`, keyPairId, privateKey, dateLessThan: expiresAt });
  }

  return {
    async form({ key, contentType, bytesMax, expiresSec }) {
      checkKey(key);
      return createPresignedPost(signing, {
        Bucket: bucket,
        Key: key,
        Expires: expiresSec,
        // A field becomes a condition that must be met exactly; the size is a range.
        Fields: { "Content-Type": contentType },
        Conditions: [["content-length-range", 1, bytesMax]],
      });
    },

    async url(key, expiresSec, now) {
      checkKey(key);
      const { signedAt, expiresAt } = signingWindow(now, expiresSec);
      const name = `${expiresSec}/${expiresAt.getTime()}/${key}`;
      const known = signatures.get(name);
      if (known) return known;
      const signed = await sign(key, expiresSec, signedAt, expiresAt);
      signatures.set(name, signed);
      return signed;
    },
  };
}

async function orNull<Found>(read: () => Promise<Found>): Promise<Found | null> {
  try {
    return await reached(read());
  } catch (error) {
    if (error instanceof Error && ["NoSuchKey", "NotFound"].includes(error.name)) return null;
    throw error;
  }
}
