import { createVerify, generateKeyPairSync } from "node:crypto";
import { DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { startFauxqs } from "fauxqs";
import type { FauxqsServer } from "fauxqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import { movableClock } from "../clock/clock.ts";
import type { MovableClock } from "../clock/clock.ts";
import { s3Storage } from "./s3.ts";
import { storageBehaviour } from "./storage.behaviour.ts";
import type { Storage, UploadForm } from "./storage.ts";

const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "secret" };
const client = { region: "eu-central-1", credentials };
let server: FauxqsServer;
let storage: Storage;
const clock: MovableClock = movableClock();

beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false });
  server.createBucket("media");
  storage = s3Storage({ bucket: "media", clock, client: { ...client, endpoint: `http://127.0.0.1:${server.port}`, forcePathStyle: true } });
});
afterAll(() => server.stop());

async function post(form: UploadForm, file: Uint8Array): Promise<number> {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", new Blob([new Uint8Array(file)]));
  return (await fetch(form.url, { method: "POST", body })).status;
}

async function open(url: string) {
  const answer = await fetch(url);
  return { status: answer.status, contentType: answer.headers.get("content-type"), body: await answer.bytes() };
}

interface PostPolicy {
  expiration: string;
  conditions: (unknown[] | Record<string, string>)[];
}

function policyOf(form: UploadForm): PostPolicy {
  return JSON.parse(Buffer.from(form.fields["Policy"] ?? "", "base64").toString()) as PostPolicy;
}

function exact(form: UploadForm, field: string): unknown {
  return policyOf(form).conditions.flatMap((one) => (Array.isArray(one) || !(field in one) ? [] : [one[field]]))[0];
}

function expiry(url: string): Date {
  const { searchParams } = new URL(url);
  const signedAt = (searchParams.get("X-Amz-Date") ?? "").replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  return new Date(Date.parse(signedAt) + Number(searchParams.get("X-Amz-Expires")) * 1000);
}

storageBehaviour("S3", () => ({
  storage,
  post,
  open,
  advance: (ms) => clock.advance(ms),
}));

describe("s3", () => {
  const aws = s3Storage({ bucket: "media", clock, client });

  test("a form's policy (the emulator enforces none, S3 does) names the exact key and type, and the range of sizes", async () => {
    const form = await storage.uploadForm({ key: "uploads/s0", contentType: "image/jpeg", bytesMax: 3000, expiresSec: 300 });
    expect([exact(form, "key"), exact(form, "Content-Type"), exact(form, "bucket")]).toEqual(["uploads/s0", "image/jpeg", "media"]);
    expect(policyOf(form).conditions).toContainEqual(["content-length-range", 1, 3000]);
  });

  test("an address (the emulator checks no signature, S3 does) expires within its time, and not before half of it", async () => {
    const leftSec = (expiry(await storage.url("photos/s0", 300)).getTime() - clock.now().getTime()) / 1000;
    expect(leftSec).toBeGreaterThan(149);
    expect(leftSec).toBeLessThanOrEqual(300);
  });

  test("a form expires when it should and demands no checksum", async () => {
    const form = await aws.uploadForm({ key: "uploads/s1", contentType: "image/jpeg", bytesMax: 10, expiresSec: 600 });
    const leftSec = (Date.parse(policyOf(form).expiration) - Date.now()) / 1000;
    expect(Math.abs(leftSec - 600)).toBeLessThan(5);
    expect(Object.keys(form.fields).join().toLowerCase()).not.toContain("checksum");
    expect(form.url).toBe("https://media.s3.eu-central-1.amazonaws.com/");
    expect(new URL(await aws.url("photos/s1", 300)).search.toLowerCase()).not.toContain("checksum-crc");
  });

  test("with a CloudFront key pair, addresses lead through the distribution and carry a valid signature of their expiry", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const cdn = s3Storage({
      bucket: "media",
      clock,
      client,
      cloudFront: { baseUrl: "https://media.example.com", keyPairId: "K1", privateKey: pem },
    });
    const url = new URL(await cdn.url("photos/s2/small.webp", 300));
    const at = (name: string) => url.searchParams.get(name) ?? "";
    expect(url.origin + url.pathname).toBe("https://media.example.com/photos/s2/small.webp");
    expect(at("Key-Pair-Id")).toBe("K1");
    const leftSec = Number(at("Expires")) - clock.now().getTime() / 1000;
    expect(leftSec).toBeGreaterThan(149);
    expect(leftSec).toBeLessThanOrEqual(300);
    const statement = { Resource: url.origin + url.pathname, Condition: { DateLessThan: { "AWS:EpochTime": Number(at("Expires")) } } };
    const signature = at("Signature").replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/");
    const verify = createVerify("RSA-SHA1").update(JSON.stringify({ Statement: [statement] }));
    expect(verify.verify(publicKey, signature, "base64")).toBe(true);
  });

  function failing(name: string, httpStatusCode: number): S3ServiceException {
    return new S3ServiceException({
      name,
      $fault: httpStatusCode < 500 ? "client" : "server",
      $metadata: { httpStatusCode },
      message: name,
    });
  }

  test.each([
    ["SlowDown", 503],
    ["InternalError", 500],
    ["TooManyRequests", 429],
  ])("%s answers store.unavailable", async (name, status) => {
    const s3 = mockClient(S3Client).on(GetObjectCommand).rejects(failing(name, status));
    await expect(aws.get("photos/s3")).rejects.toThrow(new Fault("store.unavailable"));
    s3.restore();
  });

  test("a forbidden read is a bug and not a missing file", async () => {
    const s3 = mockClient(S3Client).on(HeadObjectCommand).rejects(failing("AccessDenied", 403));
    await expect(aws.head("photos/s4")).rejects.toThrow("AccessDenied");
    s3.restore();
  });

  test("remove throws when S3 kept some of the objects", async () => {
    const Errors = [{ Key: "photos/s6", Code: "InternalError", Message: "try again" }];
    const s3 = mockClient(S3Client).on(DeleteObjectsCommand).resolves({ Errors });
    await expect(aws.remove(["photos/s5", "photos/s6"])).rejects.toThrow("S3 kept 1 of 2 objects");
    s3.restore();
  });

  test("a bucket that can't be reached answers store.unavailable", async () => {
    const gone = s3Storage({ bucket: "media", clock, client: { ...client, endpoint: "http://127.0.0.1:1", maxAttempts: 1 } });
    await expect(gone.ping()).rejects.toThrow(new Fault("store.unavailable"));
  });
});
