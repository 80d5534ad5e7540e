import { expect, test } from "vitest";
import * as ids from "./ids.ts";
import { react } from "./routes/messages.ts";
import { record } from "./routes/swipes.ts";
import { framesIn } from "./sockets.ts";

const upper = "0199C0DE-7A11-7C0D-8E3F-5F1E2D3C4B5A";
const lower = upper.toLowerCase();

test.each(Object.entries(ids).filter(([name]) => name !== "DeviceId"))(
  "%s reads an id in upper case, and keeps it in lower case",
  (_, id) => {
    expect(id.parse(upper)).toBe(lower);
    expect(id.parse(lower)).toBe(lower);
  },
);

test("an id in upper case is taken in a path, in a body and in a frame", () => {
  expect(react.input.parse({ conversationId: upper, messageId: upper, emoji: "👍" })).toMatchObject({
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
