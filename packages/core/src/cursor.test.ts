import { expect, test } from "vitest";
import * as blocks from "./blocks/blocks.ts";
import * as conversations from "./conversations/conversations.ts";
import { person } from "./conversations/couple.fixture.ts";
import { encode } from "./cursor.ts";
import * as likes from "./likes/likes.ts";
import * as matches from "./matches/matches.ts";
import * as notifications from "./notifications/notifications.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";

const ports = testPorts(testDb());

const lists = {
  blocks: (userId: never, cursor: string) => blocks.list(ports, { blockerId: userId, cursor, limit: 2 }),
  conversations: (userId: never, cursor: string) => conversations.list(ports, { userId, cursor, limit: 2 }),
  incomingLikes: (userId: never, cursor: string) => likes.listIncoming(ports, { userId, cursor, limit: 2 }),
  outgoingLikes: (userId: never, cursor: string) => likes.listOutgoing(ports, { userId, cursor, limit: 2 }),
  matches: (userId: never, cursor: string) => matches.list(ports, { userId, cursor, limit: 2 }),
  notifications: (userId: never, cursor: string) => notifications.list(ports, { userId, cursor, limit: 2 }),
};

test.for(Object.entries(lists))("the list of %s refuses a cursor it did not make, whatever somebody put into it", async ([, list]) => {
  const userId = (await person(ports)) as never;
  const id = ports.ids.next<never>();
  const forged = [
    ["0000-01-01T00:00:00Z", id],
    ["2026-02-30T00:00:00Z", id],
    ["2026-01-01T00:00:00Z", "1' or true --"],
    ["2026-01-01T00:00:00Z"],
    [1, id],
  ];
  for (const cursor of [...forged.map((key) => encode(key)), "x", "bnVsbA", encode([])])
    await expect(list(userId, cursor)).rejects.toMatchObject({ code: "input.invalid" });
  await expect(list(userId, encode(["0001-01-01T00:00:00.123456789Z", id]))).resolves.toMatchObject({ items: [] });
});
