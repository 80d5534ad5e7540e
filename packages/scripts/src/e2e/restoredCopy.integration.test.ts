import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Client, client } from "@pendo/client/client";
import { replica, type Replica } from "@pendo/client/replica";
import type { UserId } from "@pendo/contract/ids";
import { type OneMachine, startOneMachine } from "@pendo/host/oneMachine";
import { afterAll, expect, test } from "vitest";
import { plantCouples, tokenFor } from "./planted.ts";

const home = mkdtempSync(path.join(tmpdir(), "pendo-restored-"));
const [dataDir, copy] = [path.join(home, "data"), path.join(home, "copy")];
let host: OneMachine | undefined;
afterAll(async () => {
  await host?.stop();
  rmSync(home, { recursive: true, force: true });
});

const start = async (): Promise<OneMachine> =>
  (host = await startOneMachine({ dataDir, port: 0, host: "127.0.0.1", logLevel: "errors", mode: "test", write: () => {} }));
const stop = async (): Promise<void> => {
  await host?.stop();
  host = undefined;
};

/** A device outlives the hosts that it talks to. */
function device(userId: UserId, sessionId: Parameters<typeof tokenFor>[1]["sessionId"]) {
  let current: Client | undefined;
  let at = { url: "", accessToken: "" };
  const server = (): Client => {
    if (!current) throw new Error("The device talks to no host.");
    return current;
  };
  return {
    server,
    connect: async ({ url, socketUrl, db, clock }: OneMachine) => {
      const accessToken = await tokenFor({ dataDir, url, socketUrl, db, clock }, { userId, sessionId });
      at = { url, accessToken };
      current = client({ baseUrl: url, tokens: { accessToken, refreshToken: "" } });
    },
    /** Reads the own preferences, as a client that knows this tag of them. */
    preferences: async (known = "") => {
      const { url, accessToken } = at;
      const answer = await fetch(`${url}/v1/me/preferences`, {
        headers: { authorization: `Bearer ${accessToken}`, "if-none-match": known },
      });
      return { status: answer.status, etag: answer.headers.get("etag") ?? "" };
    },
    replica: (): Replica => replica({ client: { sync: { sync: (input) => server().sync.sync(input) } } }),
  };
}

const textsOf = (held: Replica): (string | null)[] =>
  [...held.state().message.values()].toSorted((a, b) => a.message.seq - b.message.seq).map(({ message }) => message.text);

test("a copy of the data directory that is put back refuses what was issued after it, keeps what was issued before, and every device converges", async () => {
  let running = await start();
  const [couple] = await plantCouples({ dataDir, ...running }, 1);
  if (!couple) throw new Error("Nobody was planted.");
  const { conversationId } = couple;
  const [ann, bob] = [couple.ann, couple.bob].map(({ userId, sessionId }) => device(userId, sessionId));
  if (!ann || !bob) throw new Error("Too few were planted.");
  // A message without a verdict in time is delivered a little later.
  const say = async (text: string) => {
    const { id } = await ann.server().messages.send({ conversationId, messageId: testIds.next(), text });
    const delivered = async () => (await bob.server().messages.list({ conversationId })).items.find((message) => message.id === id);
    await expect.poll(delivered).toBeDefined();
    return await delivered();
  };
  const connectAll = async () => void (await Promise.all([ann.connect(running), bob.connect(running)]));
  const restart = async (between: () => void = () => {}) => {
    await stop();
    between();
    running = await start();
    await connectAll();
  };

  await connectAll();
  await say("kept 1");
  await say("kept 2");
  const early = bob.replica();
  await early.catchUp();
  const earlyCursor = early.cursor();
  const keptTag = (await bob.preferences()).etag;

  // A plain restart, twice: the device goes on where it stood.
  await restart();
  await restart();
  await early.catchUp();
  await expect(bob.server().sync.sync({ cursor: earlyCursor ?? "" })).resolves.toBeDefined();
  await restart(() => cpSync(dataDir, copy, { recursive: true }));

  // The future that will be lost, with a device for each kind of cursor.
  const idle = bob.replica();
  await idle.catchUp();
  const lost = [await say("lost 3"), await say("lost 4"), await say("lost 5")];
  const whole = bob.replica();
  await whole.catchUp();
  const partial = (await bob.server().sync.sync({ limit: 2 })).cursor;
  const list = (await bob.server().messages.list({ conversationId, limit: 1 })).next;
  await restart();
  const restarted = bob.replica();
  await restarted.catchUp();
  await bob.server().preferences.update({ radiusKm: 42 });
  const lostTag = (await bob.preferences()).etag;

  await restart(() => {
    rmSync(dataDir, { recursive: true });
    cpSync(copy, dataDir, { recursive: true });
  });
  const late = [idle, whole, restarted].map((held) => held.cursor() ?? "");
  const refused = async () => {
    for (const cursor of [...late, partial]) {
      await expect(bob.server().sync.sync({ cursor })).rejects.toMatchObject({ code: "sync.cursorInvalid" });
    }
  };
  await refused();
  const messageId = lost[2]?.id ?? ("" as never);
  const refusedMarks = async () => {
    const { conversations, messages } = bob.server();
    for (const asked of [
      () => conversations.markRead({ conversationId, messageId }),
      () => messages.list({ conversationId, after: messageId }),
      () => messages.list({ conversationId, before: messageId }),
    ])
      await expect(asked()).rejects.toMatchObject({ code: "message.notFound" });
  };
  await refusedMarks();
  for (let i = 3; i <= 12; i++) await say(`new ${i}`);
  // The log has overtaken them now, and the conversation has given the lost places again.
  await refused();
  await refusedMarks();
  await expect(bob.server().messages.list({ conversationId, limit: 1, cursor: list ?? "" })).rejects.toMatchObject({
    code: "input.invalid",
  });
  expect(await bob.preferences(keptTag)).toMatchObject({ status: 304 });
  expect(await bob.preferences(lostTag)).toMatchObject({ status: 200 });
  await restart();
  await refused();

  const expected = ["kept 1", "kept 2", ...Array.from({ length: 10 }, (_, i) => `new ${i + 3}`)];
  expect((await bob.server().sync.sync({ cursor: earlyCursor ?? "" })).changes.length).toBeGreaterThan(0);
  for (const held of [early, idle, whole, restarted]) {
    await held.catchUp();
    expect(textsOf(held)).toEqual(expected);
  }
  const { items } = await bob.server().conversations.list({});
  expect(items).toMatchObject([{ id: conversationId, lastSeq: 12, unreadCount: 12, readSeq: 0 }]);
});
