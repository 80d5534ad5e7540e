import type { UserId } from "@pendo/contract/ids";
import type { Essential, MyProfile } from "@pendo/contract/myProfile";
import type { ProfileCard } from "@pendo/contract/profile";
import { ageOn, dayAt, dayOf } from "@pendo/engine/eligibility/age";
import { Fault } from "../fault.ts";
import { appendWithMatches } from "../log/log.sql.ts";
import { ownPhotos } from "../media/own.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import { cardsFor } from "./cards.ts";
import { tellDiscoverable } from "../rules/discoverable.ts";
import { ensureProfile, lockSaid, ownProfile, writeSaid, type OwnRow, type Said } from "./profiles.sql.ts";

const AGE_MIN = 18;
const AGE_MAX = 120;

/** What a person may say of themself at once; what is left out, or undefined, stays as it is. */
export type SaidInput = { readonly [Field in keyof Said]?: Said[Field] | undefined };

const untold: OwnRow = {
  name: null,
  birthDate: null,
  gender: null,
  intent: null,
  bio: "",
  interests: [],
  job: null,
  school: null,
  heightCm: null,
  visibility: "visible",
  locatedAt: null,
  textState: "pending",
  discoverable: false,
  prompts: [],
};

/** One's own profile, whether or not others are shown it yet, and what it lacks for that. */
export async function getMine({ db, storage }: Uses<"db" | "storage">, { userId }: { readonly userId: UserId }): Promise<MyProfile> {
  const [row, photos] = await Promise.all([ownProfile(db, userId), ownPhotos({ db, storage }, userId)]);
  const { locatedAt, ...own } = row ?? untold;
  const missing: Essential[] = [];
  if (own.name === null) missing.push("name");
  if (own.birthDate === null) missing.push("birthDate");
  if (own.gender === null) missing.push("gender");
  if (locatedAt === null) missing.push("location");
  if (!photos.some((photo) => photo.state === "visible")) missing.push("photo");
  return { id: userId, ...own, locatedAt: locatedAt?.toISOString() ?? null, photos, missing };
}

/**
 * Changes what one says of oneself. Changed words are hidden until they pass moderation, and the profile with them.
 * @throws {Fault} `auth.underage`: the birthday makes the user younger than 18
 * @throws {Fault} `input.invalid`: the birthday is changed, or more than 120 years ago
 */
export async function updateMine(
  ports: Uses<"db" | "bus" | "storage">,
  { userId, ...input }: SaidInput & { readonly userId: UserId },
): Promise<MyProfile> {
  const { db, bus, clock } = ports;
  const at = clock.now();
  await db.begin(async (tx) => {
    await ensureProfile(tx, userId, at);
    const was = await lockSaid(tx, userId);
    const said = merged(was, input);
    checkBirthDate(was, said, at);
    if (same(was, said)) return;
    await writeSaid(tx, { userId, said, reworded: !same(wordsOf(was), wordsOf(said)), at });
    await tellChanged({ bus }, tx, userId, at);
  });
  return getMine(ports, { userId });
}

/**
 * Somebody's profile as the viewer may see it; one's own as others see it.
 * @throws {Fault} `profile.notFound`: the user is unknown, deleted, blocked either way, or neither discoverable nor matched
 * @throws {Fault} `profile.incomplete`: the viewer's own profile has nothing to show yet
 */
export async function get(
  ports: Uses<"db" | "storage">,
  { viewerId, userId }: { readonly viewerId: UserId; readonly userId: UserId },
): Promise<ProfileCard> {
  const card = (await cardsFor(ports, { viewerId, userIds: [userId], onlyDiscoverable: true, orMatched: true })).get(userId);
  if (!card) throw new Fault(viewerId === userId ? "profile.incomplete" : "profile.notFound");
  return card;
}

/** Tells whom it concerns that somebody changed their profile, in the transaction that changed it. */
export async function tellChanged({ bus }: Pick<Ports, "bus">, tx: Tx, userId: UserId, at: Date): Promise<void> {
  await appendWithMatches(tx, [{ userId, kind: "profile", ref: userId }], at);
  await bus.emit(tx, "profile.updated", { userId }, { actor: userId });
  await tellDiscoverable({ bus }, tx, userId, at);
}

function merged(was: Said, input: SaidInput): Said {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const said: Said = { ...was, ...given };
  return { ...said, interests: withoutRepeats(said.interests) };
}

/** The first of several that differ only in case or in how their characters are composed. */
function withoutRepeats(interests: readonly string[]): string[] {
  const plain = (interest: string): string => interest.normalize("NFC").toLowerCase();
  return [...new Map(interests.toReversed().map((interest) => [plain(interest), interest])).values()].toReversed();
}

function wordsOf({ name, bio, interests, job, school }: Said) {
  return { name, bio, interests, job, school };
}

function same(a: object, b: object): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return sorted(a) === sorted(b);
}

function checkBirthDate(was: Said, said: Said, at: Date): void {
  if (said.birthDate === null || said.birthDate === was.birthDate) return;
  if (was.birthDate !== null) throw new Fault("input.invalid", { fields: { "/birthDate": "can be set once" } });
  const age = ageOn(dayAt(at.getTime()), dayOf(said.birthDate));
  if (age > AGE_MAX) throw new Fault("input.invalid", { fields: { "/birthDate": "is too long ago" } });
  if (age < AGE_MIN) throw new Fault("auth.underage");
}
