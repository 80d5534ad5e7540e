import type { EventId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import * as blocks from "../blocks/blocks.ts";
import { couple } from "../conversations/couple.fixture.ts";
import * as conversations from "../conversations/conversations.ts";
import * as email from "../email/email.ts";
import { judgeProfile } from "../moderation/textVerdict.ts";
import * as notices from "../notifications/notices.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { cardsFor } from "./cards.ts";
import { newPerson } from "./person.fixture.ts";
import * as profiles from "./profiles.ts";

const db = testDb();
const ports = testPorts(db);
const LINK = "www.evil.example";

/** Two matched users. The first one's name is accepted; then it becomes a link. */
async function renamed() {
  const [a, b] = [await newPerson(ports, { name: "Ada" }), await newPerson(ports, { name: "Ben" })];
  await db`insert into identities (provider, subject, user_id, created_at) values ('email', ${`${b}@example.test`}, ${b}, ${ports.clock.now()})`;
  const pair = await couple(ports, [a, b]);
  await profiles.updateMine(ports, { userId: a, name: LINK });
  return { ...pair, a, b };
}

/** Every text that the second user is shown or sent about the first one. */
async function saidTo(b: UserId, { a, matchId, conversationId }: Awaited<ReturnType<typeof renamed>>): Promise<string[]> {
  await db`update users set last_active_at = ${new Date(ports.clock.now().getTime() - 7_200_000)} where id = ${b}`;
  const fact = () => ({ factId: ports.ids.next<EventId>(), matchId, conversationId, userIds: [a, b] as [UserId, UserId] });
  await email.matched(ports, fact());
  await notices.matched(ports, fact());
  const cards = await cardsFor(ports, { viewerId: b, userIds: [a], onlyDiscoverable: false });
  const conversation = await conversations.get(ports, { userId: b, conversationId });
  const sent = await db`select content from local_outbox`;
  await blocks.create(ports, { blockerId: b, userId: a });
  const blocked = await blocks.list(ports, { blockerId: b, limit: 5 });
  return [[...cards.values()], conversation, sent, blocked].map((said) => JSON.stringify(said));
}

test("a name without a verdict, and a refused one, are on no card, list, push or email: the newest accepted one is", async () => {
  for (const isJudged of [false, true]) {
    const pair = await renamed();
    if (isJudged) await judgeProfile(ports, { userId: pair.a });

    const said = await saidTo(pair.b, pair);

    expect(said.filter((text) => text.includes("evil"))).toEqual([]);
    expect(said.map((text) => text.includes("Ada"))).toEqual([true, true, true, true]);
  }
});
