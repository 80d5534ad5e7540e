import type { Client } from "@pendo/client/client";
import type { ClientMessageId, ConversationId, MatchId, MessageId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { ledger } from "./ledger.ts";
import { type Memory, memory } from "./memory.ts";

const [ann, bob] = ["ann" as UserId, "bob" as UserId];
const couple = { matchId: "m" as MatchId, conversationId: "c" as ConversationId, userIds: [ann, bob] as const };

interface Kept {
  readonly seq: number;
  readonly text: string;
}

/** A memory after a sync that brought these messages of Ann's. */
async function holding(messages: readonly Kept[], withMatch = true): Promise<Memory> {
  const changes = [
    ...(withMatch ? [{ kind: "match", id: "m", match: { conversationId: "c", userId: bob } }] : []),
    ...messages.map(({ seq, text }) => ({
      kind: "message",
      id: `id${seq}`,
      message: { conversationId: "c", seq, id: `id${seq}`, senderId: ann, text },
    })),
  ];
  const client = { sync: { sync: async () => ({ changes, cursor: "x", hasMore: false }) } } as unknown as Client;
  const held = memory();
  await held.sync(client);
  return held;
}

function confirmed(...texts: readonly string[]) {
  const book = ledger();
  book.matched(couple);
  texts.forEach((text, i) => {
    book.sending(`x${i}` as ClientMessageId, { conversationId: couple.conversationId, senderId: ann, text });
    book.sent(`x${i}` as ClientMessageId, { id: `id${i + 1}` as MessageId, seq: i + 1 });
  });
  return book;
}

test("a memory that holds what was confirmed is in order", async () => {
  expect(
    confirmed("hi", "ho").audit(
      bob,
      "Bob",
      await holding([
        { seq: 1, text: "hi" },
        { seq: 2, text: "ho" },
      ]),
    ),
  ).toEqual([]);
});

test.each([
  ["lost", [{ seq: 1, text: "hi" }], true, /lacks message 2/],
  [
    "changed",
    [
      { seq: 1, text: "hi" },
      { seq: 2, text: "no" },
    ],
    true,
    /another message 2/,
  ],
  [
    "doubled",
    [
      { seq: 1, text: "hi" },
      { seq: 2, text: "ho" },
      { seq: 3, text: "what?" },
    ],
    true,
    /message 3 in c that nobody sent/,
  ],
  [
    "without its match",
    [
      { seq: 1, text: "hi" },
      { seq: 2, text: "ho" },
    ],
    false,
    /lacks the match/,
  ],
])("a message that is %s is told", async (_, messages, withMatch, told) => {
  expect(
    confirmed("hi", "ho")
      .audit(bob, "Bob", await holding(messages, withMatch))
      .join(" "),
  ).toMatch(told);
});

test("after a block nothing of the two may be left, and a match has a conversation", async () => {
  const book = confirmed("hi");
  book.ending([bob, ann]);
  expect(book.audit(bob, "Bob", await holding([], false))).toEqual([]);
  expect(book.audit(bob, "Bob", await holding([{ seq: 1, text: "hi" }])).join(" ")).toMatch(/still has the match/);
  const alone = ledger();
  alone.matched({ ...couple, conversationId: null });
  expect(alone.audit(ann, "Ann", await holding([])).join(" ")).toMatch(/without a conversation/);
});
