import type { UserId } from "@pendo/contract/ids";
import type { Gender, Intent, ProfileCard } from "@pendo/contract/profile";
import type { Uses } from "../ports/ports.ts";
import { presentCandidates } from "./present.ts";
import { complete } from "./recommend.ts";
import { seeker, stillShowable, type Seeker } from "./retrieve.sql.ts";
import { countView } from "./views.ts";

export interface SearchFor {
  readonly userId: UserId;
  readonly text: string;
  readonly genders?: readonly Gender[] | undefined;
  readonly ageMin?: number | undefined;
  readonly ageMax?: number | undefined;
  readonly intents?: readonly Intent[] | undefined;
  readonly interests?: readonly string[] | undefined;
  readonly radiusKm?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

const nobody: Seeker = {
  missing: ["name", "birthDate", "gender", "location"],
  ...{ lat: null, lon: null, genders: [], ageMin: 18, ageMax: 99, radiusKm: 50, intents: [] },
};

/**
 * A page of people found by words and filters, where filters that are left out are the user's preferences. Hits are checked in SQL: shown are only
 * discoverable people who want the user, are not blocked either way, and were not swiped. A page may therefore be short of its limit, even empty,
 * while `next` leads on.
 * @throws {Fault} `profile.incomplete`: the profile of the user lacks what `fields` names
 * @throws {Fault} `discovery.viewsSpent`: the day's views are used up; `resetsAt` says when they are back
 * @throws {Fault} `input.invalid`: the cursor is not one of this list
 */
export async function search(
  ports: Uses<"db" | "cache" | "search" | "storage">,
  wanted: SearchFor,
): Promise<{ items: ProfileCard[]; next: string | null }> {
  const { userId, cursor, limit } = wanted;
  const at = ports.clock.now();
  const [me = nobody] = await Promise.all([seeker(ports.db, userId, at), countView(ports.cache, userId)]);
  complete({ missing: me.missing, userIds: [] });
  const hits = await ports.search.find({ ...query(wanted, me, at), limit, ...(cursor === undefined ? {} : { after: cursor }) });
  const candidates = await stillShowable(ports.db, { userId, userIds: hits.userIds, at });
  return { items: await presentCandidates(ports, { viewerId: userId, userIds: candidates }), next: hits.next };
}

function query(wanted: SearchFor, me: Seeker, at: Date) {
  const {
    text,
    genders = me.genders,
    ageMin = me.ageMin,
    ageMax = me.ageMax,
    intents = me.intents,
    interests,
    radiusKm = me.radiusKm,
  } = wanted;
  return {
    text,
    genders,
    intents,
    bornAfter: birthday(at, ageMax + 1),
    bornBefore: birthday(at, ageMin),
    ...(interests ? { interests } : {}),
    ...(me.lat === null || me.lon === null ? {} : { near: { lat: me.lat, lon: me.lon, radiusKm } }),
  };
}

/** The day on which whoever turns `age` today was born, as PostgreSQL counts: the 29th of February becomes the 28th. */
function birthday(at: Date, age: number): string {
  const [year, month, day] = [at.getUTCFullYear() - age, at.getUTCMonth(), at.getUTCDate()];
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(day, lastOfMonth))).toISOString().slice(0, 10);
}
