import type { DecisionId, EventId, MediaId, UserId } from "@pendo/contract/ids";
import sharp from "sharp";
import { expect, test } from "vitest";
import * as media from "../media/media.ts";
import { HASH_SIDE_PX, perceptualHash } from "../media/perceptualHash.ts";
import { derive } from "../media/derive.ts";
import { processUpload } from "../media/process.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addPhoto, addUpload, newPicture, newUser } from "../profiles/person.fixture.ts";
import * as hashBank from "./hashBank.ts";
import { judgeMedia, refuseMedia } from "./mediaVerdict.ts";

const db = testDb();
const ports = testPorts(db);
const UPLOADS = 10;

/** Uploads a file that vision refuses. */
async function refusedByVision(file: Buffer): Promise<MediaId> {
  const userId = await newUser(ports);
  const mediaId = await addUpload(ports, userId, { file });
  await processUpload(ports, { factId: ports.ids.next<EventId>(), userId, mediaId });
  const vision = { moderationLabels: async () => [{ name: "Hate Symbols", confidence: 97 }] };
  await judgeMedia({ ...ports, vision }, { factId: ports.ids.next<EventId>(), userId, mediaId });
  return mediaId;
}

async function upload(file: Buffer): Promise<{ userId: UserId; mediaId: MediaId; state: string }> {
  const userId = await newUser(ports);
  const mediaId = await addPhoto(ports, userId, { file });
  return { userId, mediaId, state: (await media.get(ports, { userId, mediaId })).state };
}

async function entryOf(mediaId: MediaId) {
  const { items } = await hashBank.list(ports, { name: "pictures", limit: 100 });
  return items.find((entry) => entry.mediaId === mediaId);
}

async function phashOf(file: Uint8Array): Promise<string> {
  const picture = await derive(file);
  if (!("phash" in picture) || picture.phash === null) throw new Error("the picture has no hash");
  return picture.phash;
}

function distance(one: string, other: string): number {
  const differing = BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
  return differing.toString(2).replaceAll("0", "").length;
}

const greysOf = (file: Uint8Array): Promise<Buffer> =>
  sharp(file).flatten().greyscale().resize(HASH_SIDE_PX, HASH_SIDE_PX, { fit: "fill" }).raw().toBuffer();

/** So much of the second picture over the first. */
const blend = (from: Buffer, to: Buffer, share: number): Buffer =>
  from.map((grey, at) => Math.round(grey * (1 - share) + (to[at] ?? 0) * share)) as Buffer;

const drawn = (greys: Buffer): Promise<Buffer> =>
  sharp(greys, { raw: { width: HASH_SIDE_PX, height: HASH_SIDE_PX, channels: 1 } })
    .resize(320, 320, { kernel: "nearest" })
    .png()
    .toBuffer();

/** The blend nearest to `to` that the bank takes for a copy of a picture with this hash. */
async function nextStep(from: Buffer, to: Buffer, { hash, share }: { hash: string; share: number }) {
  for (let next = 1; next > share; next -= 0.01) {
    const greys = blend(from, to, next);
    if (distance(perceptualHash(greys) ?? hash, hash) > 6) continue;
    const file = await drawn(greys);
    const reached = await phashOf(file);
    if (distance(reached, hash) <= 5) return { file, hash: reached, share: next };
  }
  return { file: await drawn(blend(from, to, share)), hash, share };
}

test("ten uploads of near pictures do not move a ban onto a chosen picture", async () => {
  const [refused, chosen] = [await greysOf(await newPicture("png")), await greysOf(await newPicture("png"))];
  await refusedByVision(await drawn(refused));
  let at = { hash: await phashOf(await drawn(refused)), share: 0 };
  for (let n = 0; n < UPLOADS; n++) {
    const step = await nextStep(refused, chosen, at);
    const { state } = await upload(step.file);
    // The attacker walks on from what was refused.
    if (state === "rejected") at = step;
  }

  const { state } = await upload(await drawn(chosen));

  expect(state).toBe("visible");
  expect(await db`select 1 from hash_bank_entries`).toHaveLength(1);
});

test("an entry says who refused the picture, by which decision and when", async () => {
  const mediaId = await refusedByVision(await newPicture("png"));
  const [decision] = await db<{ id: DecisionId }[]>`select id from decisions where subject_id = ${mediaId}`;

  expect(await entryOf(mediaId)).toEqual({
    phash: expect.stringMatching(/^[0-9a-f]{16}$/),
    reason: "hate",
    origin: "vision",
    mediaId,
    decisionId: decision?.id,
    createdAt: expect.any(String),
    removedAt: null,
    removerId: null,
  });
});

test("an entry that a moderator removed refuses nothing, and only a reviewer brings it back", async () => {
  const moderator = await newUser(ports);
  const file = await newPicture("png");
  const first = await refusedByVision(file);
  const phash = (await entryOf(first))?.phash ?? "";
  expect((await upload(file)).state).toBe("rejected");

  await hashBank.remove(ports, { name: "pictures", phash, me: moderator });

  expect(await entryOf(first)).toMatchObject({ removerId: moderator, removedAt: expect.any(String) });
  const visible = await upload(file);
  expect(visible.state).toBe("visible");
  await refusedByVision(file);
  expect((await upload(file)).state).toBe("visible");
  await db.begin((tx) => refuseMedia(ports, tx, { ...visible, reason: "hate", facts: "It shows a hate symbol.", by: "reviewer" }));
  expect(await entryOf(visible.mediaId)).toMatchObject({ origin: "reviewer", removedAt: null });
  expect((await upload(file)).state).toBe("rejected");
});

test("an entry without an origin refuses nothing", async () => {
  const file = await newPicture("png");
  await db`insert into hash_bank_entries (phash, reason, created_at) values (${await phashOf(file)}, 'nudity', ${ports.clock.now()})`;

  expect((await upload(file)).state).toBe("visible");
});

test("the list goes on where its page ended; an unknown bank or entry is hashBank.notFound", async () => {
  const { items } = await hashBank.list(ports, { name: "pictures", limit: 100 });
  const first = await hashBank.list(ports, { name: "pictures", limit: 2 });
  const rest = await hashBank.list(ports, { name: "pictures", limit: 100, cursor: first.next ?? undefined });
  expect([...first.items, ...rest.items]).toEqual(items);

  await expect(hashBank.list(ports, { name: "voices", limit: 2 })).rejects.toMatchObject({ code: "hashBank.notFound" });
  const unknown = { phash: "0123456789abcdef", me: await newUser(ports) };
  await expect(hashBank.remove(ports, { name: "pictures", ...unknown })).rejects.toMatchObject({ code: "hashBank.notFound" });
  await expect(hashBank.remove(ports, { name: "voices", ...unknown })).rejects.toMatchObject({ code: "hashBank.notFound" });
});
