import { expect, test } from "vitest";
import * as ids from "./ids.ts";
import { addReaction } from "./routes/messages.ts";
import { record } from "./routes/swipes.ts";
import { framesIn } from "./sockets.ts";

const upper = "0199C0DE-7A11-7C0D-8E3F-5F1E2D3C4B5A";
const lower = upper.toLowerCase();

test("every id is read in upper case, and kept in lower case", () => {
  const { DeviceId: _chosenByClients, ...uuids } = ids;

  for (const id of Object.values(uuids)) expect([id.parse(upper), id.parse(lower)]).toEqual([lower, lower]);
});

test("an id in upper case is taken in a path, in a body and in a frame", () => {
  expect(addReaction.input.parse({ conversationId: upper, messageId: upper, emoji: "👍" })).toMatchObject({
    conversationId: lower,
    messageId: lower,
  });
  expect(record.input.parse({ targetId: upper, action: "like", on: { mediaId: upper } })).toMatchObject({
    targetId: lower,
    on: { mediaId: lower },
  });
  expect(framesIn["presence.subscribe"].data.parse({ userIds: [upper, lower] }).userIds).toEqual([lower, lower]);
});

test.each(["", "0199c0de7a117c0d8e3f5f1e2d3c4b5a", `{${lower}}`, lower.replace("-7c", "-4c"), `${lower}0`, ` ${lower}`])(
  "%j is no user id",
  (text) => {
    expect(ids.UserId.safeParse(text).success).toBe(false);
  },
);
