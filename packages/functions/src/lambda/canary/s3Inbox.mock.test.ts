import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, test } from "vitest";
import { s3Inbox } from "./s3Inbox.ts";

const s3 = mockClient(S3Client);
const bucket = new Map<string, string>();
const inbox = s3Inbox({ client: new S3Client({ region: "eu-west-1" }), bucket: "inbound", domain: "in.pendo.example", everyMs: 20 });
const letter = (to: string, digits: string): string => `To: ${to}@in.pendo.example\r\nContent-Type: text/plain\r\n\r\n${digits}\r\n`;

beforeEach(() => {
  s3.reset();
  bucket.clear();
  // Two keys a page.
  s3.on(ListObjectsV2Command).callsFake(({ ContinuationToken: token = "0" }: { ContinuationToken?: string }) => {
    const keys = [...bucket.keys()];
    const next = Number(token) + 2;
    return {
      Contents: keys.slice(Number(token), next).map((Key) => ({ Key })),
      ...(next < keys.length && { NextContinuationToken: String(next) }),
    };
  });
  s3.on(GetObjectCommand).callsFake(({ Key }: { Key: string }) => ({ Body: { transformToString: async () => bucket.get(Key) } }));
  s3.on(DeleteObjectCommand).callsFake(({ Key }: { Key: string }) => (bucket.delete(Key), {}));
});

test("the code of a letter that arrives after the watch began is found, whatever else lies there, and the letter is deleted", async () => {
  bucket.set("old", letter("a", "111111")).set("AMAZON_SES_SETUP_NOTIFICATION", "Hello").set("older", letter("a", "222222"));
  const watch = await inbox.watch("a@in.pendo.example");
  const found = watch.code(2_000);
  bucket.set("other", letter("b", "333333"));
  setTimeout(() => bucket.set("welcome", letter("a", "welcome")), 30);
  setTimeout(() => bucket.set("new", letter("a", "444444")), 60);
  expect(await found).toBe("444444");
  expect([...bucket.keys()]).toEqual(["old", "AMAZON_SES_SETUP_NOTIFICATION", "older", "other", "welcome"]);
  // What was there before is never opened.
  expect(s3.commandCalls(GetObjectCommand).map((call) => call.args[0].input.Key)).not.toContain("old");
});

test("a letter that never comes fails in time", async () => {
  const watch = await inbox.watch("a@in.pendo.example");
  await expect(watch.code(100)).rejects.toThrow("No letter with a code arrived within 0.1 s.");
});
