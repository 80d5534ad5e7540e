import { setTimeout as wait } from "node:timers/promises";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { type Inbox, readLetter } from "./inbox.ts";

export interface S3InboxOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly domain: string;
  readonly everyMs?: number;
}

const PAGES_MAX = 5;

/** The bucket in which SES puts letters, each an object of its own. A letter whose code was read is deleted; the bucket forgets the others by itself. */
export function s3Inbox({ client, bucket, domain, everyMs = 500 }: S3InboxOptions): Inbox {
  async function keys(): Promise<string[]> {
    const found: string[] = [];
    let token: string | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const command = new ListObjectsV2Command({ Bucket: bucket, ...(token !== undefined && { ContinuationToken: token }) });
      const { Contents = [], NextContinuationToken } = await client.send(command);
      found.push(...Contents.flatMap(({ Key }) => Key ?? []));
      if (NextContinuationToken === undefined) break;
      token = NextContinuationToken;
    }
    return found;
  }

  async function codeIn(key: string, address: string): Promise<string | null> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const { to, code } = readLetter((await Body?.transformToString("latin1")) ?? "");
    if (to !== address || code === null) return null;
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    return code;
  }

  return {
    domain,
    watch: async (address) => {
      const seen = new Set(await keys());
      return {
        code: async (withinMs) => {
          const deadline = performance.now() + withinMs;
          for (;;) {
            for (const key of (await keys()).filter((one) => !seen.has(one))) {
              seen.add(key);
              const code = await codeIn(key, address);
              if (code !== null) return code;
            }
            if (performance.now() + everyMs > deadline)
              throw new Error(`No letter with a code arrived within ${Math.round(withinMs / 100) / 10} s.`);
            await wait(everyMs);
          }
        },
      };
    },
  };
}
