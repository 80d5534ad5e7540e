import type { UserId } from "@pendo/contract/ids";
import { retrieve } from "@pendo/core/discovery/ranking";
import { testDb } from "@pendo/local/db/testDb";
import { dateOf, dayAt } from "@pendo/engine/eligibility/age";
import { MatchIndex } from "@pendo/engine/index/matchIndex";
import type { Person } from "@pendo/engine/index/population";
import { eligibleFor } from "@pendo/engine/index/search";
import { afterAll, expect, test } from "vitest";
import { randomOf } from "./benchPopulation.ts";

const db = testDb();
afterAll(() => db.end());

const DAY_MS = 86_400_000;
const GENDERS = ["woman", "man", "nonbinary"] as const;
const INTENTS = ["relationship", "casual", "friendship", "unsure"] as const;

// The day after leap days and on them is where ages go wrong.
test.each(["2024-02-29T12:00:00Z", "2026-02-28T23:59:59Z", "2026-03-01T00:00:01Z"])(
  "the index finds whom the SQL finds, on %s",
  async (time) => {
    const at = new Date(time);
    const random = randomOf(1, at.getUTCDate());
    const people = Array.from({ length: 250 }, (_, number) => somebody(number, dayAt(at.getTime()), random));
    const index = new MatchIndex();
    await db`delete from users`;
    await db`insert into users ${db(
      people.map(({ userId }) => ({ id: userId, createdAt: at, lastActiveAt: at })),
      "id",
      "createdAt",
      "lastActiveAt",
    )}`;
    for (const person of people) {
      const { userId, birthDay, gender, intent, home, visibility, wants } = person;
      await db`insert into profiles (user_id, name, birth_date, gender, intent, lat, lon, discoverable, created_at, updated_at)
      values (${userId}, 'Mara', ${dateOf(birthDay)}::date, ${gender}, ${intent}, ${home.lat}, ${home.lon}, ${visibility === "visible"}, ${at}, ${at})`;
      await db`insert into preferences (user_id, genders, age_min, age_max, radius_km, intents, updated_at)
      values (${userId}, ${wants.genders as string[]}, ${wants.ageMin}, ${wants.ageMax}, ${wants.radiusKm}, ${wants.intents as string[]}, ${at})`;
      index.put(person);
    }
    for (let i = 0; i < 2000; i++) {
      const [from, to] = [Math.floor(random() * people.length), Math.floor(random() * people.length)];
      if (from >= to) continue;
      const [lo, hi] = [(people[from] as Person).userId, (people[to] as Person).userId];
      // Within the day on which a pass ends the index waits for midnight, so no pass here is that old to the day.
      const [action, days] = [
        random() < 0.5 ? "like" : "pass",
        random() < 0.5 ? Math.floor(random() * 30) : 32 + Math.floor(random() * 30),
      ];
      const swipedAt = new Date(at.getTime() - days * DAY_MS);
      const added =
        await db`insert into swipe_pairs (lo, hi, lo_action, lo_at) values (${lo}, ${hi}, ${action}, ${swipedAt}) on conflict do nothing returning lo`;
      if (added.length > 0) index.ties.answer(index.rows.of(lo), index.rows.of(hi), action === "like" ? 1 : 2, swipedAt.getTime());
    }
    for (let i = 0; i < 60; i++) {
      const [from, to] = [Math.floor(random() * people.length), Math.floor(random() * people.length)];
      if (from === to) continue;
      const [blocker, blocked] = [(people[from] as Person).userId, (people[to] as Person).userId];
      await db`insert into blocks values (${blocker}, ${blocked}, ${at}) on conflict do nothing`;
      index.ties.block(index.rows.of(blocker), index.rows.of(blocked), true, at.getTime());
    }
    let found = 0;
    for (const { userId } of people.slice(0, 100)) {
      const { userIds } = await retrieve(db, { userId, at, limit: 1000, seed: 1 });
      expect(eligibleFor(index, { userId, today: dayAt(at.getTime()) }).toSorted()).toEqual([...userIds].toSorted());
      found += userIds.length;
    }
    expect(found).toBeGreaterThan(200);
  },
);

function somebody(number: number, today: number, random: () => number): Person {
  const ageMin = 18 + Math.floor(random() * 12);
  const some = <T>(all: readonly T[]): T[] => all.filter(() => random() < 0.7);
  const genders = some(GENDERS);
  return {
    userId: `01890000-0000-7000-8000-${number.toString(16).padStart(12, "0")}` as UserId,
    // Many have their birthday about now.
    birthDay: today - Math.round(365.25 * (19 + Math.floor(random() * 12))) + Math.floor(random() * 5) - 2,
    gender: GENDERS[Math.floor(random() * 3)] ?? "woman",
    intent: random() < 0.2 ? null : (INTENTS[Math.floor(random() * 4)] ?? null),
    facts: 0,
    wants: {
      genders: genders.length > 0 ? genders : ["man"],
      ageMin,
      ageMax: ageMin + Math.floor(random() * 20),
      radiusKm: 2 + Math.floor(random() * 60),
      intents: random() < 0.5 ? [] : some(INTENTS),
      dealbreakers: 0,
    },
    home: { lat: 52.5 + (random() - 0.5) * 0.5, lon: 13.4 + (random() - 0.5) * 0.5 },
    travel: null,
    visibility: random() < 0.9 ? "visible" : "paused",
  };
}
