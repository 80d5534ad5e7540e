import { createHash, createSecretKey } from "node:crypto";
import { expect, test } from "vitest";
import { get, update } from "../notificationPreferences/notificationPreferences.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { newUser } from "../profiles/person.fixture.ts";
import { readToken, tokenOf } from "./token.ts";
import { getPage, confirm } from "./unsubscribe.ts";

const db = testDb();
const ports = testPorts(db);

test("POST /v1/unsubscribe ends one kind of letter of one user, leaves the rest, and again changes nothing", async () => {
  const [userId, other] = [await newUser(ports), await newUser(ports)];
  await update(ports, { userId, push: { like: false }, quietFrom: "22:00", quietTo: "06:00" });
  const token = tokenOf(ports.secrets, { userId, kind: "match" });
  await confirm(ports, { token });
  await confirm(ports, { token });
  expect(await get(ports, { userId })).toEqual({
    push: { like: false, match: true, message: true, moderation: true, boost: true, picks: true },
    email: { match: false },
    quietFrom: "22:00",
    quietTo: "06:00",
  });
  expect((await get(ports, { userId: other })).email).toEqual({ match: true });
});

test("it also works for whoever never chose anything, and does no harm once the account is gone", async () => {
  const userId = await newUser(ports);
  const token = tokenOf(ports.secrets, { userId, kind: "match" });
  await confirm(ports, { token });
  expect((await get(ports, { userId })).email).toEqual({ match: false });
  await db`delete from users where id = ${userId}`;
  await confirm(ports, { token });
});

test("GET /v1/unsubscribe asks on a page that names the letters, loads nothing, and changes nothing; its form does what mail programs do", async () => {
  const userId = await newUser(ports);
  const token = tokenOf(ports.secrets, { userId, kind: "match" });
  const asking = await getPage(ports, { token });
  expect(asking).toContain("letters about new matches");
  expect(asking).toMatch(/<form method="post">\s*<input type="hidden" name="List-Unsubscribe" value="One-Click" \/>\s*<button>/);
  expect((await get(ports, { userId })).email).toEqual({ match: true });
  const said = await confirm(ports, { token });
  expect(said).toContain("You get no more <strong>letters about new matches</strong>");
  expect(said).not.toContain("<form");
  expect((await get(ports, { userId })).email).toEqual({ match: false });
  for (const page of [asking, said]) {
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|<link|<img|src=|url\(|https?:|style="/);
    const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    // What the attribute says, since characters are escaped in it.
    const policy = /content-security-policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll("&#39;", "'");
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'self'`);
    expect(page).toContain('<meta name="referrer" content="no-referrer" />');
    expect(page).not.toContain(token);
  }
});

test("GET and POST /v1/unsubscribe answer unsubscribe.invalid for every token that is not ours", async () => {
  const userId = await newUser(ports);
  const token = tokenOf(ports.secrets, { userId, kind: "match" });
  expect(token).toMatch(/^[A-Za-z0-9_-]{20,200}$/);
  const bytes = Buffer.from(token, "base64url");
  const forged = Array.from({ length: bytes.length }, (_, i) => {
    const other = Buffer.from(bytes);
    other[i] = (other[i] ?? 0) ^ 1;
    return other.toString("base64url");
  });
  for (const wrong of [...forged, token.slice(0, -4), "", "AAAA", `${token}AAAA`]) {
    await expect(getPage(ports, { token: wrong })).rejects.toMatchObject({ code: "unsubscribe.invalid" });
    await expect(confirm(ports, { token: wrong })).rejects.toMatchObject({ code: "unsubscribe.invalid" });
  }
  expect((await get(ports, { userId })).email).toEqual({ match: true });
  expect(readToken({ key: () => createSecretKey(new Uint8Array(32)) }, token)).toBeNull();
  expect(readToken(ports.secrets, token)).toEqual({ userId, kind: "match" });
});
