import type { UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { person } from "../conversations/couple.fixture.ts";
import type { Decision } from "../moderation/decisions.sql.ts";
import { decide } from "../moderation/decisions.ts";
import { update as setPrefs } from "../notificationPreferences/notificationPreferences.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as notices from "./notices.ts";
import { addPhone, newest, phones } from "./notices.fixture.ts";
import { release } from "./release.ts";

const db = testDb();
const base = testPorts(db);

/** Ports with phones of their own, so that each test sees its pushes alone. */
function own() {
  const push = phones();
  return { ...base, push, notes: push.notes };
}

const rowsOf = (userId: UserId) => db<{ kind: string; eventCount: number; refs: Record<string, unknown>; pushDueAt: Date | null }[]>`
  select kind, event_count, refs, push_due_at from notifications where user_id = ${userId} order by created_at, id`;

describe("a decision", () => {
  /** Restricts something of somebody's, as moderation does; answers the fact of it. */
  async function restrict(ports: typeof base, userId: UserId, about: Partial<Omit<Decision, "id">> = {}) {
    const what = {
      subjectKind: "media",
      subjectId: ports.ids.next(),
      restriction: "removed",
      ground: "nudity",
      facts: "It shows skin.",
    } as const;
    const decision = { userId, ...what, automatedDetection: true, automatedDecision: true, ...about };
    await ports.db.begin((tx) => decide(ports, tx, decision));
    const fact = await newest(ports, "moderation.decided");
    return { factId: fact.id, ...fact.data };
  }

  test("notifies whom it restricts, once each, and names neither what was decided nor why", async () => {
    const ports = own();
    const userId = await person(ports);
    const token = await addPhone(ports, userId);
    const photo = await restrict(ports, userId);
    const profile = await restrict(ports, userId, { subjectKind: "account", restriction: "hidden", ground: "reports" });
    for (const fact of [photo, photo, profile]) await notices.decided(ports, fact);
    expect(ports.notes).toEqual([
      {
        platform: "ios",
        token,
        title: "A decision about your photo",
        body: "Open Pendo to see it.",
        collapseKey: `moderation:${photo.decisionId}`,
        badge: 0,
        threadId: "moderation",
        data: { notificationId: expect.any(String), kind: "moderation", decisionId: photo.decisionId },
      },
      expect.objectContaining({ title: "A decision about your profile" }),
    ]);
    expect(JSON.stringify(ports.notes)).not.toMatch(/skin|nudity|removed|hidden|reports/);
    expect(await rowsOf(userId)).toMatchObject([
      { kind: "moderation", eventCount: 1, refs: { decisionId: photo.decisionId }, pushDueAt: null },
      { kind: "moderation", eventCount: 1, refs: { decisionId: profile.decisionId }, pushDueAt: null },
    ]);
    expect(await db`select from user_log where user_id = ${userId} and kind = 'notification'`).toHaveLength(2);
  });

  test("that restricts nothing, or is about somebody else, notifies nobody", async () => {
    const ports = own();
    const [userId, other] = [await person(ports), await person(ports)];
    await notices.decided(ports, await restrict(ports, userId, { restriction: "none" }));
    await notices.decided(ports, { ...(await restrict(ports, userId)), userId: other });
    expect([...(await rowsOf(userId)), ...(await rowsOf(other))]).toEqual([]);
  });

  test("is not pushed where that is switched off, and is pushed when quiet hours are over", async () => {
    const ports = own();
    const [off, sleeping] = [await person(ports), await person(ports)];
    for (const userId of [off, sleeping]) await addPhone(ports, userId);
    await setPrefs(ports, { userId: off, push: { moderation: false } });
    const time = (ms: number) => new Date(ports.clock.now().getTime() + ms).toISOString().slice(11, 16);
    await setPrefs(ports, { userId: sleeping, quietFrom: time(-3_600_000), quietTo: time(3_600_000) });
    for (const userId of [off, sleeping]) await notices.decided(ports, await restrict(ports, userId));
    expect(ports.notes).toEqual([]);
    expect(await rowsOf(off)).toMatchObject([{ kind: "moderation", pushDueAt: null }]);
    ports.clock.advance(3_700_000);
    await release(ports);
    expect(ports.notes.map(({ title }) => title)).toEqual(["A decision about your photo"]);
  });
});
