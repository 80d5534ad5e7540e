import type { Change } from "@pendo/contract/change";
import { expect, test } from "vitest";
import { ProblemError } from "./problem.ts";
import { replica } from "./replica.ts";

const block = (id: string, rest: object = { blockedAt: "2026-01-01T00:00:00Z" }) => ({ kind: "block", id, ...rest }) as unknown as Change;
const message = (id: string, conversationId: string) =>
  ({ kind: "message", id, message: { conversationId, text: id } }) as unknown as Change;
const notification = (id: string, conversationId: string | undefined, readAt: string | null = null) =>
  ({ kind: "notification", id, notification: { refs: { conversationId }, readAt } }) as unknown as Change;
const match = (rest: object) => ({ kind: "match", id: "m", ...rest }) as unknown as Change;
const invalid = new ProblemError({ status: 409, code: "sync.cursorInvalid", detail: "", errors: [] });
const counts = { unread: 1, likes: 2 };

/** A server that answers each call with the next page, or fails with it; `asked` has the cursors that it was asked with. */
function server(...pages: (readonly Change[] | Error)[]) {
  const asked: (string | undefined)[] = [];
  const sync = async ({ cursor }: { cursor?: string } = {}) => {
    asked.push(cursor);
    const page = pages.shift();
    if (!page || page instanceof Error) throw page ?? new Error("The server was asked once too often.");
    return { changes: [...page], cursor: `c${asked.length}`, hasMore: pages.length > 0 && !(pages[0] instanceof Error), counts };
  };
  return { asked, pages, client: { sync: { sync } } as never };
}
const idsOf = (held: ReturnType<typeof replica>) => [...held.state().block.keys()];

test("it syncs from where it stood until nothing is left, and drops what is removed", async () => {
  const { asked, pages, client } = server([block("a"), block("b")], [block("c")]);
  const held = replica({ client });
  expect(await held.catchUp()).toBe(2);
  pages.push([block("a", { removed: true })]);
  await held.catchUp();
  expect(idsOf(held)).toEqual(["b", "c"]);
  expect(asked).toEqual([undefined, "c1", "c2"]);
  expect(held.state().counts).toEqual(counts);
});

test("where the server does not know its cursor any more, it begins again and drops what no longer exists", async () => {
  const { asked, pages, client } = server([block("kept"), block("lost")]);
  const held = replica({ client });
  await held.catchUp();
  pages.push(invalid, [block("kept"), block("new")]);
  await held.catchUp();
  expect(idsOf(held)).toEqual(["kept", "new"]);
  expect(asked).toEqual([undefined, "c1", undefined]);
});

test("until a new beginning is whole the old state is shown, and a failure leaves it as it was", async () => {
  const { asked, pages, client } = server([block("old")]);
  const held = replica({ client });
  await held.catchUp();
  pages.push(invalid, new Error("The network is away."));
  await expect(held.catchUp()).rejects.toThrow("away");
  expect([idsOf(held), held.cursor()]).toEqual([["old"], "c1"]);
  pages.push(invalid, [block("new")]);
  await held.catchUp();
  expect(idsOf(held)).toEqual(["new"]);
  expect(asked).toEqual([undefined, "c1", undefined, "c1", undefined]);
});

test("two calls at once are one", async () => {
  const { asked, client } = server([block("a")]);
  const held = replica({ client });
  await Promise.all([held.catchUp(), held.catchUp()]);
  expect(asked).toHaveLength(1);
});

test("with a match go its conversation, its messages, the card and what notifies of it", async () => {
  const card = { kind: "profile", id: "u", user: {} } as unknown as Change;
  const conversation = { kind: "conversation", id: "x", conversation: {} } as unknown as Change;
  const { pages, client } = server([
    match({ match: { conversationId: "x", userId: "u" } }),
    ...[card, conversation, message("1", "x"), message("2", "y"), notification("n1", "x"), notification("n2", undefined)],
  ]);
  const held = replica({ client });
  await held.catchUp();
  pages.push([match({ removed: true })]);
  await held.catchUp();
  const { match: matches, conversation: conversations, message: messages, profile, notification: notices } = held.state();
  expect([matches.size, conversations.size, profile.size]).toEqual([0, 0, 0]);
  expect([[...messages.keys()], [...notices.keys()]]).toEqual([["2"], ["n2"]]);
});

test("a notification that was read 30 days ago is forgotten, as the server forgets it", async () => {
  let now = new Date("2026-01-30T12:00:00Z");
  const { pages, client } = server([notification("read", undefined, "2026-01-01T00:00:00Z"), notification("unread", undefined)]);
  const held = replica({ client, now: () => now });
  await held.catchUp();
  expect([...held.state().notification.keys()]).toEqual(["read", "unread"]);
  now = new Date("2026-01-31T00:00:01Z");
  pages.push([]);
  await held.catchUp();
  expect([...held.state().notification.keys()]).toEqual(["unread"]);
});
