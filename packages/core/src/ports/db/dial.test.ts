import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";
import { fc } from "@pendo/engine/fastCheck.fixture";
import { expect, test } from "vitest";
import { connect, connectAurora } from "./connect.ts";
import { fatalSplitter } from "./dial.ts";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";

const db = testDb();

function message(letter: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

const errorOf = (severity: string) => message("E", Buffer.from(`S${severity}\0V${severity}\0C57P01\0Mgoing down\0\0`));

function feed(stream: Buffer, cuts: readonly number[]): { passed: Buffer; fatal: Error | undefined } {
  const split = fatalSplitter();
  const passed: Buffer[] = [];
  const at = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  for (let index = 1; index < at.length; index++) {
    const { pass, fatal } = split(stream.subarray(at[index - 1], at[index]));
    passed.push(Buffer.from(pass));
    if (fatal) return { passed: Buffer.concat(passed), fatal };
  }
  return { passed: Buffer.concat(passed), fatal: undefined };
}

const anyMessage = fc
  .tuple(fc.constantFrom("D", "Z", "T", "S"), fc.uint8Array({ maxLength: 40 }))
  .map(([letter, body]) => message(letter, Buffer.from(body)));
const anyMessages = fc.array(fc.oneof(anyMessage, fc.constantFrom(errorOf("ERROR"), errorOf("WARNING"))), { maxLength: 12 });
const anyCuts = fc.array(fc.nat(), { maxLength: 12 });

test("messages without a FATAL error pass unchanged, in whatever pieces they come", () => {
  fc.assert(
    fc.property(anyMessages, anyCuts, (messages, cuts) => {
      const stream = Buffer.concat(messages);
      expect(feed(stream, cuts)).toEqual({ passed: stream, fatal: undefined });
    }),
  );
});

test("a FATAL error ends the stream with its code, after all that came before it", () => {
  fc.assert(
    fc.property(anyMessages, anyCuts, (messages, cuts) => {
      const before = Buffer.concat(messages);
      const { passed, fatal } = feed(Buffer.concat([before, errorOf("FATAL")]), cuts);
      expect(passed).toEqual(before);
      expect(fatal).toMatchObject({ name: "PostgresError", code: "57P01", message: "going down", severity: "FATAL" });
    }),
  );
});

test("a client survives its server being away, with one connection as with many", async () => {
  let isUp = false;
  const target = new URL(testDbUrl(testDbName(db)));
  const socketFile = `${target.searchParams.get("host")}/.s.PGSQL.${target.port}`;
  const proxy = net.createServer((socket) => {
    if (!isUp) return void socket.destroy();
    const through = net.connect(socketFile);
    socket.pipe(through).pipe(socket);
    socket.on("error", () => through.destroy());
    through.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as net.AddressInfo;
  const client = connect(`postgres://pendo@127.0.0.1:${port}${target.pathname}`, { max: 1, connectTimeoutSec: 2 });
  const away = await Promise.all([1, 2, 3].map(() => client`select 1`.catch((error: unknown) => error)));
  expect(away.every((outcome) => outcome instanceof Error)).toBe(true);
  isUp = true;
  expect(await client`select 1 as n`).toEqual([{ n: 1 }]);
  await client.end({ timeout: 1 });
  proxy.close();
});

test("a server that accepts and then says nothing is given up after the connect timeout", async () => {
  const held: net.Socket[] = [];
  const mute = net.createServer((socket) => void held.push(socket));
  await new Promise<void>((resolve) => void mute.listen(0, "127.0.0.1", resolve));
  const { port } = mute.address() as net.AddressInfo;
  const outcomes = await Promise.all(
    [connect, connectAurora].map(async (open) => {
      const client = open(`postgres://pendo@127.0.0.1:${port}/none`, { max: 1, connectTimeoutSec: 0.3 });
      const outcome = await client`select 1`.catch((error: unknown) => error);
      await client.end({ timeout: 0 });
      return outcome;
    }),
  );
  expect(outcomes).toEqual([expect.objectContaining({ code: "CONNECT_TIMEOUT" }), expect.objectContaining({ code: "CONNECT_TIMEOUT" })]);
  held.forEach((socket) => socket.destroy());
  mute.close();
});

/** The test server behind TLS, as Aurora is: answers "may we speak TLS?" and passes on what comes through it. */
async function withTls(work: (url: (host: string) => string, ca: string) => Promise<void>, letter = "S"): Promise<void> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "pendo-tls-"));
  const [key, cert] = [path.join(dir, "key.pem"), path.join(dir, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  execFileSync("openssl", ["req", "-x509", ...curve, "-nodes", "-days", "1", "-keyout", key, "-out", cert, ...subject], {
    stdio: "ignore",
  });
  const context = tls.createSecureContext({ key: readFileSync(key), cert: readFileSync(cert) });
  const ca = readFileSync(cert, "utf8");
  rmSync(dir, { recursive: true });
  const target = new URL(testDbUrl(testDbName(db)));
  const server = net.createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => {
      socket.write(letter);
      const secure = new tls.TLSSocket(socket, { isServer: true, secureContext: context });
      const through = net.connect(`${target.searchParams.get("host")}/.s.PGSQL.${target.port}`);
      secure.pipe(through).pipe(secure);
      secure.on("error", () => through.destroy());
      through.on("error", () => secure.destroy());
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, resolve));
  const { port } = server.address() as net.AddressInfo;
  await work((host) => `postgres://pendo@${host}:${port}${target.pathname}`, ca);
  server.close();
}

test("Aurora's client speaks TLS to a server it can verify, and loses one query to a lost connection", async () => {
  await withTls(async (url, certificateAuthority) => {
    const client = connectAurora(url("localhost"), { max: 1, name: "overTls", certificateAuthority });
    expect(await client`select ${1}::int as n`).toEqual([{ n: 1 }]);
    const running = client`select pg_sleep(10)`.catch((error: unknown) => error);
    await sleep(150);
    await db`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'overTls'`;
    expect(await running).toBeInstanceOf(Error);
    expect(await client`select 2 as n`).toEqual([{ n: 2 }]);
    await client.end({ timeout: 1 });
  });
});

test.each([
  ["a certificate nobody vouches for", "localhost", false, "S", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["a certificate for another name", "127.0.0.1", true, "S", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["a server that refuses TLS", "localhost", true, "N", undefined],
  ["text slipped in before the encryption", "localhost", true, "SE", undefined],
])("Aurora's client refuses %s", async (_what, host, isKnown, letter, code) => {
  await withTls(async (url, ca) => {
    const client = connectAurora(url(host), { max: 1, ...(isKnown ? { certificateAuthority: ca } : {}) });
    const error = await client`select 1`.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect((error as { code?: string }).code).toBe(code);
    await client.end({ timeout: 0 });
  }, letter);
});
