import type { HashBankOrigin } from "@pendo/contract/hashBank";
import type { EventId, MediaId, UserId } from "@pendo/contract/ids";
import { derivativeKey } from "../rules/pictureKeys.ts";
import { lockMedia, markRefused, markVisible, mediaById } from "../media/media.sql.ts";
import { Fault } from "../fault.ts";
import { firstTime } from "../ports/bus/inbox.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import type { Vision, VisionLabel } from "../ports/vision/vision.ts";
import { tellDiscoverable } from "../rules/discoverable.ts";
import { append, appendWithMatches } from "../log/log.sql.ts";
import { decide } from "./decisions.ts";
import { insertEntry } from "./hashBank.sql.ts";

/** From which confidence on (0 to 100) a label of Rekognition's taxonomies refuses a picture, and the ground that is given. */
const refusals: Readonly<Record<string, { readonly confidenceMin: number; readonly ground: string }>> = {
  "Explicit Nudity": { confidenceMin: 80, ground: "nudity" },
  Explicit: { confidenceMin: 80, ground: "nudity" },
  "Exposed Male Genitalia": { confidenceMin: 70, ground: "nudity" },
  "Exposed Female Genitalia": { confidenceMin: 70, ground: "nudity" },
  "Explicit Sexual Activity": { confidenceMin: 70, ground: "nudity" },
  "Visually Disturbing": { confidenceMin: 80, ground: "violence" },
  "Graphic Violence": { confidenceMin: 80, ground: "violence" },
  "Graphic Violence Or Gore": { confidenceMin: 80, ground: "violence" },
  "Weapon Violence": { confidenceMin: 85, ground: "violence" },
  "Hate Symbols": { confidenceMin: 80, ground: "hate" },
};

export interface ProcessedMedia {
  readonly factId: EventId;
  readonly userId: UserId;
  readonly mediaId: MediaId;
}

/**
 * Lets a processed picture be seen, or refuses it. Whatever goes wrong is thrown, so the picture stays unseen until it was looked at.
 * Doing it twice changes nothing.
 */
export async function judgeMedia(
  ports: Uses<"db" | "bus" | "storage" | "vision">,
  { factId, userId, mediaId }: ProcessedMedia,
): Promise<void> {
  const { db, bus, storage, vision, clock } = ports;
  const waiting = await mediaById(db, mediaId);
  if (waiting?.state !== "processed") return;
  const picture = await storage.get(derivativeKey(waiting, 1080));
  if (!picture) throw new Error("a processed picture has no file");
  const labels = await labelsOf(vision, picture.body);
  const refusal = labels && refusalOf(labels);
  await db.begin(async (tx) => {
    const media = await lockMedia(tx, mediaId);
    if (media?.state !== "processed" || !(await firstTime(tx, "moderation", factId, clock.now()))) return;
    if (labels === null) {
      await markRefused(tx, { id: mediaId, state: "failed", reason: "damaged" });
      await append(tx, [{ userId, kind: "media", ref: mediaId }], clock.now());
      return;
    }
    if (refusal) {
      await refuseMedia(ports, tx, { userId, mediaId, ...refusal, by: "vision" });
      return;
    }
    const at = clock.now();
    await markVisible(tx, mediaId);
    // The profile's row before the head of the log, as everywhere: two transactions over both never wait for each other.
    if (media.kind === "photo") await tellDiscoverable({ bus }, tx, userId, at);
    const entry = { userId, kind: "media", ref: mediaId } as const;
    if (media.kind === "photo") await appendWithMatches(tx, [entry], at);
    else await append(tx, [entry], at);
    await bus.emit(tx, "media.moderated", { userId, mediaId, verdict: "visible" });
  });
}

export interface RefusedMedia {
  readonly userId: UserId;
  readonly mediaId: MediaId;
  readonly reason: string;
  readonly facts: string;
  /** Who refuses it. What the bank refuses does not enter it, or near pictures would walk the ban to any other. */
  readonly by: HashBankOrigin | "bank";
}

/** Refuses a picture, with its reasons. What it looks like enters the hash bank, unless the bank refused it: copies are refused as soon as they are read. */
export async function refuseMedia(ports: Uses<"bus">, tx: Tx, { userId, mediaId, reason, facts, by }: RefusedMedia): Promise<void> {
  const at = ports.clock.now();
  await markRefused(tx, { id: mediaId, state: "rejected", reason });
  await tellDiscoverable(ports, tx, userId, at);
  // It may have been seen until now.
  await appendWithMatches(tx, [{ userId, kind: "media", ref: mediaId }], at);
  await ports.bus.emit(tx, "media.moderated", { userId, mediaId, verdict: "rejected" });
  const decisionId = await decide(ports, tx, {
    userId,
    subjectKind: "media",
    subjectId: mediaId,
    restriction: "removed",
    ground: reason,
    facts,
    automatedDetection: true,
    automatedDecision: by !== "reviewer",
  });
  if (by !== "bank") await insertEntry(tx, { mediaId, reason, origin: by, decisionId, at });
}

/** The labels of a picture; null where the service can't read it, although Pendo could. */
async function labelsOf(vision: Vision, image: Uint8Array): Promise<readonly VisionLabel[] | null> {
  try {
    return await vision.moderationLabels(image);
  } catch (error) {
    if (error instanceof Fault && error.code === "media.unsupported") return null;
    throw error;
  }
}

function refusalOf(labels: readonly VisionLabel[]): { reason: string; facts: string } | null {
  for (const { name, confidence } of labels) {
    const rule = refusals[name];
    if (rule && confidence >= rule.confidenceMin) return { reason: rule.ground, facts: `It appears to show: ${name}.` };
  }
  return null;
}
