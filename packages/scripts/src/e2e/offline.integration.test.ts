import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import type { Client } from "@pendo/client/client";
import type { Change } from "@pendo/contract/change";
import type { ConversationId, UserId } from "@pendo/contract/ids";
import type { Message } from "@pendo/contract/message";
import { testRandom } from "@pendo/engine/testSeed.fixture";
import { shuffle } from "@pendo/engine/random";
import { expect, test } from "vitest";
import { plantPeople } from "./planted.ts";
import { inParallel, jsonCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();

/** What a client keeps, and how it takes changes in: nothing but what `Change` says. */
function replica() {
  const matches = new Map<string, { readonly conversationId: string }>();
  const messages = new Map<string, Message>();
  let cursor: string | undefined;
  const apply = (change: Change): void => {
    if (change.kind === "match" && "match" in change) matches.set(change.id, change.match);
    if (change.kind === "match" && "removed" in change) {
      const conversationId = matches.get(change.id)?.conversationId;
      matches.delete(change.id);
      for (const [id, message] of messages) if (message.conversationId === conversationId) messages.delete(id);
    }
    if (change.kind === "message" && "message" in change) messages.set(change.id, change.message);
    if (change.kind === "message" && "removed" in change) messages.delete(change.id);
  };
  return {
    matches,
    messages,
    at: () => cursor,
    catchUp: async (client: Client, limit = 50): Promise<number> => {
      for (let pages = 1; ; pages++) {
        const page = await client.sync.sync({ limit, ...(cursor && { cursor }) });
        page.changes.forEach(apply);
        cursor = page.cursor;
        if (!page.hasMore) return pages;
      }
    },
  };
}

const matchOf = async (a: { client: Client; userId: UserId }, b: { client: Client; userId: UserId }) => {
  await a.client.swipes.record({ targetId: b.userId, action: "like" });
  const { matchId, conversationId } = await b.client.swipes.record({ targetId: a.userId, action: "like" });
  if (!matchId || !conversationId) throw new Error("Two likes made no match.");
  return { matchId, conversationId };
};

test("A client that was offline for 300 messages, edits, deletions and an unmatch converges by sync; seq has no gap; an idle sync is below 2 KB", async () => {
  const { url, clock } = here.host;
  const [ann, bob, cy] = await plantPeople(here.place, 3);
  if (!ann || !bob || !cy) throw new Error("Too few were planted.");
  const withBob = await matchOf(ann, bob);
  const withCy = await matchOf(cy, ann);
  const say = async (who: { client: Client }, conversationId: ConversationId, text: string) =>
    await who.client.messages.send({ conversationId, messageId: testIds.next(), text });
  const early = await say(bob, withBob.conversationId, "Before");
  await say(cy, withCy.conversationId, "Soon gone");

  const kept = replica();
  await kept.catchUp(ann.client);
  expect([kept.matches.size, kept.messages.size]).toEqual([2, 2]);

  // From here on Ann is offline. 300 messages, many at once; the rate limit lets 120 through in a minute, so the clock moves on.
  const sent: { id: Message["id"] }[] = [early];
  for (let round = 0; round < 3; round++) {
    const texts = Array.from({ length: 100 }, (_, i) => () => say(bob, withBob.conversationId, `Message ${round * 100 + i}`));
    sent.push(...(await inParallel(8, texts)));
    clock.advance(61_000);
  }
  const { conversationId } = withBob;
  const edits = sent
    .filter((_, i) => i % 6 === 0)
    .map(
      ({ id: messageId }, i) =>
        () =>
          bob.client.messages.update({ conversationId, messageId, text: `Edited ${i}` }),
    );
  const deletions = sent
    .filter((_, i) => i % 7 === 0)
    .map(
      ({ id: messageId }) =>
        () =>
          bob.client.messages.remove({ conversationId, messageId }),
    );
  await inParallel(
    8,
    shuffle([...edits, ...deletions], testRandom()).map((change) => async () => await change().catch(refusedAsDeleted)),
  );
  await cy.client.matches.end({ matchId: withCy.matchId });

  const pages = await kept.catchUp(ann.client);
  expect(pages).toBeGreaterThan(5);
  const truth = await everyMessage(bob.client, conversationId);
  expect(truth.map(({ seq }) => seq)).toEqual(Array.from({ length: 301 }, (_, i) => i + 1));
  expect(truth.filter(({ state }) => state === "deleted").length).toBe(deletions.length);
  expect(truth.filter(({ editedAt }) => editedAt !== null).length).toBeGreaterThan(30);
  expect([...kept.messages.values()].toSorted((a, b) => a.seq - b.seq)).toEqual(truth);
  expect([...kept.matches.keys()]).toEqual([withBob.matchId]);
  await expect(ann.client.messages.list({ conversationId: withCy.conversationId })).rejects.toMatchObject({ code: "conversation.ended" });

  // A client that begins with nothing ends with the same.
  const fresh = replica();
  await fresh.catchUp(ann.client, 37);
  const sorted = (map: ReadonlyMap<string, unknown>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(sorted(fresh.messages)).toEqual(sorted(kept.messages));
  expect(sorted(fresh.matches)).toEqual(sorted(kept.matches));

  await here.settled();
  await kept.catchUp(ann.client);
  const idle = await jsonCall(url, `GET /v1/sync?cursor=${kept.at()}`, { token: ann.token });
  expect(JSON.parse(idle.text)).toMatchObject({ changes: [], hasMore: false, cursor: kept.at() });
  expect(idle.text.length + JSON.stringify(idle.headers).length).toBeLessThan(2048);
  expect(here.log).toEqual([]);
});

/** Editing what is deleted meanwhile is refused, and nothing else is. */
function refusedAsDeleted(error: unknown): void {
  if ((error as { code?: string }).code !== "message.notEditable") throw error;
}

async function everyMessage(client: Client, conversationId: ConversationId): Promise<Message[]> {
  const all: Message[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Message[]; next: string | null } = await client.messages.list({
      conversationId,
      limit: 100,
      ...(cursor !== null && { cursor }),
    });
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all.reverse();
}
