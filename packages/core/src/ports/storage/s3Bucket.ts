import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { boundedCalls, reached } from "../awsFailure.ts";
import type { Storage, StoredObject } from "./storage.ts";

const REMOVE_MAX = 1000;

/** A bucket, and what is signed with the keys of the process. Names are checked by whoever asks. */
export interface S3Bucket extends Omit<Storage, "url"> {
  /** An address that is good for so long from `signedAt` on. */
  signed(key: string, expiresSec: number, signedAt: Date): Promise<string>;
}

/** The part of the storage that takes the SDK of S3, which is loaded with it. */
export function s3Bucket(bucket: string, config: S3ClientConfig = {}): S3Bucket {
  const client = new S3Client({ ...boundedCalls, ...config });
  // A checksum that is computed before the body exists would be signed into the address and refuse every upload.
  const signing = new S3Client({ ...boundedCalls, ...config, requestChecksumCalculation: "WHEN_REQUIRED" });

  return {
    uploadForm: ({ key, contentType, bytesMax, expiresSec }) =>
      createPresignedPost(signing, {
        Bucket: bucket,
        Key: key,
        Expires: expiresSec,
        // A field becomes a condition that must be met exactly; the size is a range.
        Fields: { "Content-Type": contentType },
        Conditions: [["content-length-range", 1, bytesMax]],
      }),

    signed: (key, expiresSec, signedAt) =>
      getSignedUrl(signing, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: expiresSec, signingDate: signedAt }),

    async put(key, body, contentType) {
      await reached(client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType })));
    },

    get: (key) =>
      orNull(async (): Promise<StoredObject> => {
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (!found.Body) throw new Error(`S3 answered without a body for ${key}`);
        return { body: await found.Body.transformToByteArray(), contentType: found.ContentType ?? "application/octet-stream" };
      }),

    head: (key) =>
      orNull(async () => {
        const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { bytes: found.ContentLength ?? 0, contentType: found.ContentType ?? "application/octet-stream" };
      }),

    async remove(keys) {
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

async function orNull<Found>(read: () => Promise<Found>): Promise<Found | null> {
  try {
    return await reached(read());
  } catch (error) {
    if (error instanceof Error && ["NoSuchKey", "NotFound"].includes(error.name)) return null;
    throw error;
  }
}
