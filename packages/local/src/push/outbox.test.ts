import { expect, test } from "vitest";
import { systemClock } from "@pendo/core/ports/clock/clock";
import { testDb } from "../db/testDb.ts";
import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { outboxPush } from "./outbox.ts";

const db = testDb();

test("every push is kept, with what a device would have shown", async () => {
  const push = outboxPush({ db, clock: systemClock, ids: testIds });
  const note = { title: "Ada", body: "Hello", collapseKey: "c", badge: 1, threadId: "c1", data: { conversationId: "c1" } };
  expect(await push.send({ platform: "ios", token: "t1", ...note })).toBe("sent");
  expect(await push.send({ platform: "web", token: "t2", ...note, body: "Again" })).toBe("sent");
  expect(await db`select kind, recipient, content from local_outbox order by recipient`).toEqual([
    { kind: "push", recipient: "t1", content: { platform: "ios", ...note } },
    { kind: "push", recipient: "t2", content: { platform: "web", ...note, body: "Again" } },
  ]);
});
