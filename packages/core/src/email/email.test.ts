import type { ChallengeId, DecisionId, EventId, UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { requestOtp, verifyOtp } from "../auth/auth.fixture.ts";
import { couple } from "../conversations/couple.fixture.ts";
import { insertDecision } from "../moderation/decisions.sql.ts";
import { get as preferencesOf, update as setPrefs } from "../notificationPreferences/notificationPreferences.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import type { Letter } from "../ports/mail/mail.ts";
import { confirm } from "../unsubscribe/unsubscribe.ts";
import { codeOf } from "../auth/code.ts";
import * as email from "./email.ts";

const db = testDb();
const ports = testPorts(db);
const newFact = () => ports.ids.next<EventId>();

interface Kept {
  readonly id: string;
  readonly content: Omit<Letter, "id" | "to">;
}
const lettersTo = (address: string) =>
  db<Kept[]>`select id, content from local_outbox where kind = 'mail' and recipient = ${address} order by sent_at, id`;

async function addressed(userId: UserId): Promise<string> {
  const address = `${userId}@example.com`;
  await db`insert into identities (provider, subject, user_id, created_at) values ('email', ${address}, ${userId}, ${ports.clock.now()})`;
  return address;
}

/** A match of two who both have an address. */
async function pair() {
  const made = await couple(ports);
  return { ...made, aAt: await addressed(made.a), bAt: await addressed(made.b) };
}

const awayFor = (userId: UserId, ms: number) =>
  db`update users set last_active_at = ${new Date(ports.clock.now().getTime() - ms)} where id = ${userId}`;

describe("a code", () => {
  test("is sent to who asked, and the code in the letter signs them in; nothing but the letter holds it", async () => {
    const { challengeId } = await requestOtp(ports, { email: "robin@example.com" });
    const [fact] = await ports.facts("otp.requested");
    await email.codeRequested(ports, { factId: fact?.id ?? newFact(), challengeId });
    const [letter] = await lettersTo("robin@example.com");
    const code = /\b\d{6}\b/.exec(letter?.content.text ?? "")?.[0] ?? "";
    expect(letter?.content.unsubscribeUrl).toBeUndefined();
    expect(letter?.content.html).toContain(code);
    const stored = await db`select c::text as row from otp_challenges c union all select o::text from outbox o`;
    for (const { row } of stored as unknown as { row: string }[]) expect(row).not.toContain(`"${code}"`);
    expect(await verifyOtp(ports, { challengeId, code })).toMatchObject({ registered: true });
  });

  test("is sent once, however often its fact is delivered, also at once", async () => {
    const { challengeId } = await requestOtp(ports, { email: "once@example.com" });
    const factId = newFact();
    await Promise.all([1, 2, 3].map(() => email.codeRequested(ports, { factId, challengeId })));
    await email.codeRequested(ports, { factId, challengeId });
    expect(await lettersTo("once@example.com")).toHaveLength(1);
  });

  test("that is over, used or unknown is not sent", async () => {
    const late = await requestOtp(ports, { email: "late@example.com" });
    ports.clock.advance(601_000);
    await email.codeRequested(ports, { factId: newFact(), challengeId: late.challengeId });
    const used = await requestOtp(ports, { email: "used@example.com" });
    await verifyOtp(ports, {
      challengeId: used.challengeId,
      code: codeOf(ports.secrets, { challengeId: used.challengeId, email: "used@example.com" }),
    });
    await email.codeRequested(ports, { factId: newFact(), challengeId: used.challengeId });
    await email.codeRequested(ports, { factId: newFact(), challengeId: ports.ids.next<ChallengeId>() });
    expect([...(await lettersTo("late@example.com")), ...(await lettersTo("used@example.com"))]).toEqual([]);
  });

  test("whose sending fails is sent by the next attempt, under the same id", async () => {
    const { challengeId } = await requestOtp(ports, { email: "again@example.com" });
    const factId = newFact();
    const tried: string[] = [];
    const failing = { send: async ({ id }: Letter) => (tried.push(id), Promise.reject(new Error("no mail today"))) };
    await expect(email.codeRequested({ ...ports, mail: failing }, { factId, challengeId })).rejects.toThrow("no mail today");
    await email.codeRequested(ports, { factId, challengeId });
    expect((await lettersTo("again@example.com")).map(({ id }) => id)).toEqual(tried);
  });

  test("that a crash kept from being marked is sent again under the same id, which is one letter", async () => {
    const { challengeId } = await requestOtp(ports, { email: "crash@example.com" });
    const factId = newFact();
    await email.codeRequested(ports, { factId, challengeId });
    await db`delete from inbox where event_id = ${factId}`;
    await email.codeRequested(ports, { factId, challengeId });
    expect(await lettersTo("crash@example.com")).toHaveLength(1);
  });
});

test("who registers is welcomed once", async () => {
  const { a, aAt } = await pair();
  const factId = newFact();
  await email.registered(ports, { factId, userId: a });
  await email.registered(ports, { factId, userId: a });
  expect((await lettersTo(aAt)).map(({ content }) => content.subject)).toEqual(["Welcome to Pendo"]);
  await email.registered(ports, { factId: newFact(), userId: ports.ids.next() });
});

describe("a match", () => {
  const factOf = ({ matchId, conversationId, a, b }: Awaited<ReturnType<typeof pair>>) => {
    return { factId: newFact(), matchId, conversationId, userIds: [a, b] as [UserId, UserId] };
  };

  test("is told by letter to whoever has been away for an hour, with the other's name and a way to end it", async () => {
    const made = await pair();
    await awayFor(made.a, 3_700_000);
    await awayFor(made.b, 3_500_000);
    await email.matched(ports, factOf(made));
    const [letter, ...more] = await lettersTo(made.aAt);
    expect(more).toEqual([]);
    expect(letter?.content.text).toContain("Ben likes you too");
    expect(await lettersTo(made.bAt)).toEqual([]);
    const token = letter?.content.unsubscribeUrl?.replace(`${ports.secrets.publicUrl}/v1/unsubscribe/`, "") ?? "";
    for (const version of [letter?.content.text, letter?.content.html]) expect(version).toContain(letter?.content.unsubscribeUrl);
    await confirm(ports, { token });
    expect((await preferencesOf(ports, { userId: made.a })).email).toEqual({ match: false });
  });

  test("is not told to who ended such letters, once it is over, or after a block", async () => {
    const [ended, over, blocked] = [await pair(), await pair(), await pair()];
    for (const { a, b } of [ended, over, blocked]) await Promise.all([awayFor(a, 7_200_000), awayFor(b, 7_200_000)]);
    await setPrefs(ports, { userId: ended.a, email: { match: false } });
    await db`update matches set ended_at = now() where id = ${over.matchId}`;
    await db`insert into blocks (blocker_id, blocked_id, created_at) values (${blocked.b}, ${blocked.a}, now())`;
    for (const made of [ended, over, blocked]) await email.matched(ports, factOf(made));
    expect(await lettersTo(ended.aAt)).toEqual([]);
    expect(await lettersTo(ended.bAt)).toHaveLength(1);
    for (const address of [over.aAt, over.bAt, blocked.aAt, blocked.bAt]) expect(await lettersTo(address)).toEqual([]);
  });

  test("whose second letter fails is tried again for the second alone", async () => {
    const made = await pair();
    await Promise.all([awayFor(made.a, 7_200_000), awayFor(made.b, 7_200_000)]);
    const fact = factOf(made);
    const sent: string[] = [];
    let failures = 1;
    const shaky = {
      send: async ({ to }: Letter) => {
        if (sent.length === 1 && failures-- > 0) throw new Error("throttled");
        sent.push(to);
      },
    };
    await expect(email.matched({ ...ports, mail: shaky }, fact)).rejects.toThrow("throttled");
    await email.matched({ ...ports, mail: shaky }, fact);
    expect(sent.toSorted()).toEqual([made.aAt, made.bAt].toSorted());
  });
});

test("a session that was ended because its token came twice is told by letter, with the device and the time", async () => {
  const { a, aAt } = await pair();
  const sessionId = ports.ids.next<never>();
  await db`insert into sessions (id, user_id, device_name, created_at, last_used_at) values (${sessionId}, ${a}, 'Old <b>phone</b>', now(), now())`;
  await email.refreshReused(ports, { factId: newFact(), userId: a, sessionId, at: new Date("2026-03-04T05:06:00Z") });
  const [letter] = await lettersTo(aAt);
  expect(letter?.content.text).toContain("Device: Old <b>phone</b>");
  expect(letter?.content.html).toContain("Old &lt;b&gt;phone&lt;/b&gt;");
  expect(letter?.content.text).toContain("March 4, 2026");
  expect(letter?.content.unsubscribeUrl).toBeUndefined();
});

test("a restriction is told with its reasons, also to who is suspended; a decision that restricts nothing is not", async () => {
  const { a, aAt } = await pair();
  await db`update users set status = 'suspended' where id = ${a}`;
  const decide = async (restriction: "suspended" | "none") => {
    const id = ports.ids.next<DecisionId>();
    const about = {
      userId: a,
      subjectKind: "account",
      subjectId: a,
      restriction,
      ground: "scam",
      facts: "Many people told of the same trick.",
    } as const;
    await insertDecision(db, { ...about, id, automatedDetection: false, automatedDecision: false }, ports.clock.now());
    await email.decided(ports, { factId: newFact(), decisionId: id, userId: a });
    return id;
  };
  const decisionId = await decide("suspended");
  await decide("none");
  const letters = await lettersTo(aAt);
  expect(letters).toHaveLength(1);
  expect(letters[0]?.content.text).toContain("Many people told of the same trick.");
  expect(letters[0]?.content.text).toContain(decisionId);
});
