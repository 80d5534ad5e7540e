import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { ClientMessageId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { couple } from "../conversations/couple.fixture.ts";
import { encode } from "../cursor.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as messages from "./messages.ts";

const ports = testPorts(testDb());

test("a cursor of a message that a restored backup does not have is refused, also when another one has its place", async () => {
  const pair = await couple(ports);
  const page = { userId: pair.b, conversationId: pair.conversationId, limit: 1 };
  for (const text of ["one", "two", "three"])
    await messages.send(ports, { ...page, senderId: pair.a, clientMessageId: testIds.next() as ClientMessageId, kind: "text", text });
  const { items, next } = await messages.list(ports, page);
  const lost = encode(["before", 3, ports.ids.next()]);

  for (const cursor of [lost, encode(["before", 3]), "bm8"]) {
    await expect(messages.list(ports, { ...page, cursor })).rejects.toMatchObject({ code: "input.invalid" });
  }
  expect(items[0]).toMatchObject({ seq: 3 });
  expect((await messages.list(ports, { ...page, cursor: next ?? "" })).items[0]).toMatchObject({ seq: 2 });
});
