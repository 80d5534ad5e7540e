import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { signIn } from "../people/person.ts";
import { plantPeople, tokenFor } from "./planted.ts";
import { jsonCall, type RawAnswer, rawCall } from "./rawCall.ts";
import { picture, world } from "./world.ts";

const here = world();
const codeOf = ({ status, text }: Pick<RawAnswer, "status" | "text">): [number, string | undefined] => [
  status,
  (JSON.parse(text || "{}") as { code?: string }).code,
];
const pointersOf = ({ text }: RawAnswer): string[] =>
  ((JSON.parse(text) as { errors?: { pointer: string }[] }).errors ?? []).map(({ pointer }) => pointer);

/** Whatever the server says to bytes that are no request of a client's, until it closes. */
async function dialogue(send: (socket: Socket) => void): Promise<string> {
  const { hostname, port } = new URL(here.host.url);
  const socket = connect(Number(port), hostname);
  let said = "";
  socket.setEncoding("latin1").on("data", (text: string) => void (said += text));
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.on("close", resolve));
  send(socket);
  await closed;
  return said;
}

test("every wrong field is named, and what is too large, no JSON or no HTTP is told apart", async () => {
  const { url } = here.host;
  const [me] = await plantPeople(here.place, 1);
  if (!me) throw new Error("Nobody was planted.");
  const { token } = me;
  const change = (body: unknown) => jsonCall(url, "PATCH /v1/me/profile", { token, body });
  const wrong = await change({ name: 7, heightCm: "tall", interests: ["x".repeat(31)], nose: "long" });
  expect(codeOf(wrong)).toEqual([400, "input.invalid"]);
  expect(pointersOf(wrong).toSorted()).toEqual(["/heightCm", "/interests/0", "/name", "/nose"]);

  const raw = (body: string, type = "application/json") =>
    rawCall(url, { method: "PATCH", path: "/v1/me/profile", headers: { authorization: `Bearer ${token}`, "content-type": type }, body });
  expect(codeOf(await raw("{"))).toEqual([400, "input.notJson"]);
  expect(codeOf(await raw("{}", "text/plain"))).toEqual([415, "input.mediaType"]);
  expect(codeOf(await raw(`{"bio":"${"x".repeat(70 * 1024)}"}`))).toEqual([413, "input.tooLarge"]);
  expect(codeOf(await raw(`{"bio":"${"x".repeat(2 * 1024 * 1024)}"}`))).toEqual([413, "input.tooLarge"]);
  expect((await rawCall(url, { method: "GET", path: "/v1/me", headers: { authorization: `Bearer ${"x".repeat(20_000)}` } })).status).toBe(
    431,
  );
  // The beginning of a TLS handshake, and words.
  expect(await dialogue((socket) => socket.end(Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01)))).toMatch(/^HTTP\/1\.1 400 /);
  expect(await dialogue((socket) => socket.end("Good morning\r\n\r\n"))).toMatch(/^HTTP\/1\.1 400 /);
  expect((await me.client.profiles.getMine()).bio).toBe("I am here to be measured.");
  expect(here.log).toEqual([]);
});

test("who sends slowly is answered, who goes away in the middle is forgotten, and neither keeps anybody waiting", async () => {
  const { url } = here.host;
  const body = JSON.stringify({ email: "slow@example.test" });
  const head = `POST /v1/auth/otp/request HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
  const gone = Array.from({ length: 100 }, () => dialogue((socket) => socket.write(`${head}${body.slice(0, 5)}`, () => socket.destroy())));
  const slow = dialogue((socket) => {
    socket.write(head);
    let at = 0;
    const drip = setInterval(() => {
      socket.write(body.slice(at, ++at));
      if (at >= body.length) clearInterval(drip);
    }, 20);
  });
  const meanwhile = await Promise.all(Array.from({ length: 20 }, () => jsonCall(url, "GET /healthz")));
  expect(meanwhile.map(({ status }) => status)).toEqual(meanwhile.map(() => 200));
  expect(await slow).toMatch(/^HTTP\/1\.1 202 /);
  await Promise.all(gone);
  expect(here.log).toEqual([]);
});

test("what is no picture, larger than said, cut off or late never becomes one, and its owner is told", async () => {
  const { url, clock } = here.host;
  const { client } = await signIn(here.host, "pictures@example.test");
  const token = client.session.tokens()?.accessToken ?? "";
  const ask = (bytes: number) => client.media.createUpload({ kind: "photo", contentType: "image/jpeg", bytes });
  const formOf = (fields: Record<string, string>, file: Uint8Array): FormData => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set("file", new Blob([file as Uint8Array<ArrayBuffer>], { type: "image/jpeg" }), "photo.jpg");
    return form;
  };
  const post = async (
    { url: to, fields }: { url: string; fields: Record<string, string> },
    file: Uint8Array,
  ): Promise<[number, string | undefined]> => {
    const answer = await fetch(to, { method: "POST", body: formOf(fields, file) });
    return codeOf({ status: answer.status, text: await answer.text() });
  };
  const words = new TextEncoder().encode("This is no picture, whatever its name says.");

  const odd = await jsonCall(url, "POST /v1/media/uploads", { token, body: { kind: "photo", contentType: "image/gif", bytes: 10 } });
  expect([codeOf(odd), pointersOf(odd)]).toEqual([[400, "input.invalid"], ["/contentType"]]);

  const noPicture = await ask(words.byteLength);
  expect(await post(noPicture.upload, words)).toEqual([204, undefined]);
  await client.media.completeUpload({ mediaId: noPicture.mediaId });
  await expect.poll(async () => (await client.media.get({ mediaId: noPicture.mediaId })).state).toBe("failed");
  expect((await client.media.get({ mediaId: noPicture.mediaId })).reason).toEqual(expect.any(String));

  const small = await ask(10);
  expect(await post(small.upload, words)).toEqual([413, "input.tooLarge"]);
  expect(await post({ ...small.upload, fields: { ...small.upload.fields, key: "uploads/another" } }, words)).toEqual([
    403,
    "auth.forbidden",
  ]);
  await expect(client.media.completeUpload({ mediaId: small.mediaId })).rejects.toMatchObject({ code: "media.notUploaded" });

  // The client goes away in the middle of the file.
  const jpeg = await picture(1);
  const cut = await ask(jpeg.byteLength);
  const whole = new Response(formOf(cut.upload.fields, jpeg));
  const bytes = Buffer.from(await whole.arrayBuffer());
  const { pathname } = new URL(cut.upload.url);
  await dialogue((socket) => {
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${whole.headers.get("content-type")}\r\ncontent-length: ${bytes.length}\r\n\r\n`,
    );
    socket.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => socket.destroy(), 100));
  });
  await expect(client.media.completeUpload({ mediaId: cut.mediaId })).rejects.toMatchObject({ code: "media.notUploaded" });
  await expect.poll(() => readdirSync(path.join(here.dataDir, "files/.unfinished"))).toEqual([]);

  const late = await ask(jpeg.byteLength);
  clock.advance(660_000);
  expect(await post(late.upload, jpeg)).toEqual([403, "auth.forbidden"]);
  expect((await client.profiles.getMine()).photos.every(({ url: address }) => address === null)).toBe(true);
  expect(here.log).toEqual([]);
});

test("when the clock jumps, access tokens end and are refreshed, sessions end, and tokens from the future are refused", async () => {
  const { url, clock } = here.host;
  const { client, userId } = await signIn(here.host, "clock@example.test");
  const token = client.session.tokens()?.accessToken ?? "";
  clock.advance(700_000);
  const expired = await jsonCall(url, "GET /v1/me", { token });
  expect(codeOf(expired)).toEqual([401, "auth.tokenExpired"]);
  expect(expired.headers["www-authenticate"]).toBe("Bearer");
  // Many calls find it expired at once: one refresh, and nobody notices.
  const answers = await Promise.all(Array.from({ length: 10 }, () => client.me.get()));
  expect(new Set(answers.map((answer) => answer.id))).toEqual(new Set([userId]));
  const [session] = (await client.sessions.list()).items;
  if (!session) throw new Error("There is no session.");
  const ahead = await tokenFor(here.place, { userId, sessionId: session.id }, { now: () => new Date(clock.now().getTime() + 3_600_000) });
  expect(codeOf(await jsonCall(url, "GET /v1/me", { token: ahead }))).toEqual([401, "auth.tokenInvalid"]);

  clock.advance(31 * 86_400_000);
  await expect(client.me.get()).rejects.toMatchObject({ code: "auth.refreshInvalid" });
  expect(client.session.tokens()).toBeNull();
  expect(here.log).toEqual([]);
});
