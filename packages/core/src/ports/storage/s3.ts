import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { LRUCache } from "lru-cache";
import type { Clock } from "../clock/clock.ts";
import { type CloudFrontKeys, cloudFrontUrl } from "./cloudFront.ts";
import { signingWindow } from "./expiry.ts";
import { checkKey } from "./key.ts";
import type { S3Bucket } from "./s3Bucket.ts";
import type { Storage } from "./storage.ts";

export interface S3StorageOptions {
  readonly bucket: string;
  readonly clock: Clock;
  /** Region, endpoint and credentials where the surroundings don't tell them. */
  readonly client?: S3ClientConfig;
  /** Where present, addresses lead through the distribution instead of the bucket. */
  readonly cloudFront?: CloudFrontKeys;
}

const SIGNATURES_MAX = 10_000;

/**
 * Files in an S3 bucket. The role needs `s3:ListBucket`, without which S3 says "forbidden" for what is not there.
 * The SDK is loaded with the first call that needs it: addresses that lead through CloudFront are signed without it, and most requests want no more.
 */
export function s3Storage(options: S3StorageOptions): Storage {
  const { clock } = options;
  let loading: Promise<S3Bucket> | undefined;
  const bucket = (): Promise<S3Bucket> => (loading ??= loadBucket(options));
  const url = signer(options, bucket);

  return {
    url: (key, expiresSec) => url(key, expiresSec, clock.now()),

    async uploadForm(upload) {
      checkKey(upload.key);
      return (await bucket()).uploadForm(upload);
    },

    async put(key, body, contentType) {
      checkKey(key);
      await (await bucket()).put(key, body, contentType);
    },

    async get(key) {
      checkKey(key);
      return (await bucket()).get(key);
    },

    async head(key) {
      checkKey(key);
      return (await bucket()).head(key);
    },

    async remove(keys) {
      keys.forEach(checkKey);
      await (await bucket()).remove(keys);
    },

    ping: async () => (await bucket()).ping(),
  };
}

async function loadBucket({ bucket, client }: S3StorageOptions): Promise<S3Bucket> {
  const { s3Bucket } = await import("./s3Bucket.ts");
  return s3Bucket(bucket, client);
}

type Sign = (key: string, expiresSec: number, now: Date) => Promise<string>;

function signer({ cloudFront }: S3StorageOptions, bucket: () => Promise<S3Bucket>): Sign {
  const signatures = new LRUCache<string, string>({ max: SIGNATURES_MAX });

  async function sign(key: string, expiresSec: number, signedAt: Date, expiresAt: Date): Promise<string> {
    return cloudFront ? cloudFrontUrl(cloudFront, key, expiresAt) : (await bucket()).signed(key, expiresSec, signedAt);
  }

  return async (key, expiresSec, now) => {
    checkKey(key);
    const { signedAt, expiresAt } = signingWindow(now, expiresSec);
    const name = `${expiresSec}/${expiresAt.getTime()}/${key}`;
    const known = signatures.get(name);
    if (known) return known;
    const signed = await sign(key, expiresSec, signedAt, expiresAt);
    signatures.set(name, signed);
    return signed;
  };
}
