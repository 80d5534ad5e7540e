import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserId } from "@pendo/contract/ids";
import { startOneMachine, type OneMachine } from "@pendo/host/oneMachine";
import { PostgresStartError } from "@pendo/local/db/postgresStartError";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memory } from "../demo/memory.ts";
import { signIn } from "../people/person.ts";
import type { Output } from "../terminal/progressBar.ts";
import { fill, type Filled } from "./fill.ts";

const dataDir = mkdtempSync(join(tmpdir(), "pendo-seed-"));
const now = new Date();
const silent = { write: () => true };
const run = (users: number, out: Output = silent, stopping = () => false): Promise<Filled> =>
  fill({ dataDir, users, seed: 1, now, out, stopping });
let pendo: OneMachine;
let runs: readonly Filled[];

beforeAll(async () => {
  let told = "";
  // As by Ctrl-C when the first people are there.
  const stopped = await run(
    300,
    { write: (text) => (told += text), isTTY: true },
    () => told.includes(" people/s") || told.includes("250 of 300"),
  );
  runs = [stopped, await run(300), await run(300)];
  pendo = await startOneMachine({
    dataDir,
    port: 0,
    host: "127.0.0.1",
    logLevel: "errors",
    write: () => {},
    mode: "test",
    trustedProxies: ["127.0.0.1"],
  });
});
afterAll(async () => {
  await pendo.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test("a run that was stopped is finished by the next, and another one adds nothing", async () => {
  const [first, second, third] = runs;
  expect(first).toMatchObject({ stopped: true, added: { people: 250 } });
  expect((first?.added.people ?? 0) + (second?.added.people ?? 0)).toBe(300);
  expect(third).toMatchObject({ before: 300, added: { people: 0, photos: 0, swipes: 0 }, stopped: false });
  const [count] = await pendo.db<{ people: number }[]>`select count(*)::int as people from profiles where discoverable`;
  expect(count?.people).toBe(300);
});

test("a Pendo that holds the directory is told in one line", async () => {
  await expect(run(400)).rejects.toThrow(PostgresStartError);
  await expect(run(400)).rejects.toThrow(/^[^\n]+in use[^\n]+$/);
});

test("whoever was seeded signs in with the code from the mail, and finds a deck of complete cards with pictures", async () => {
  let [met, cards] = [0, 0];
  for (let n = 1; n <= 40; n++) {
    const { client, registered } = await signIn(pendo, `person-${n}@seed.pendo.test`);
    expect(registered).toBe(false);
    expect((await client.profiles.getMine()).missing).toEqual([]);
    const { items } = await client.discovery.listRecommendations({ limit: 20 });
    if (items.length > 0) met += 1;
    cards += items.length;
    for (const card of items.slice(0, 2)) {
      expect(card.name).not.toBe("");
      expect(card.distance).not.toBeNull();
      const picture = await fetch(card.photos[0]?.url ?? "");
      expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/webp"]);
      expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(2000);
    }
  }
  expect(met).toBeGreaterThan(28);
  expect(cards).toBeGreaterThan(40 * 4);
});

test("logs, counts and conversations agree with each other, as if it had all happened", async () => {
  const wrong = await pendo.db`
    select h.user_id from user_heads h
    where h.likes_count <> (select count(*) from likes_inbox where liked_id = h.user_id)
      or h.unread_count <> (select coalesce(sum(unread_count), 0) from members where user_id = h.user_id)
      or h.rev <> (select count(*) from user_log where user_id = h.user_id)
      or h.rev <> (select max(rev) from user_log where user_id = h.user_id)`;
  expect(wrong).toEqual([]);
  const [talker] = await pendo.db<{ email: string; userId: UserId; messages: number }[]>`
    select subject as email, m.user_id, sum(c.last_seq)::int as messages from members m join conversations c on c.id = m.conversation_id
    join identities i on i.user_id = m.user_id group by 1, 2 order by 3 desc limit 1`;
  const { client } = await signIn(pendo, talker?.email ?? "");
  const held = memory();
  await held.sync(client);
  expect([...held.messages().values()].reduce((sum, messages) => sum + messages.size, 0)).toBe(talker?.messages);
  const { items } = await client.conversations.list({});
  expect(items.map(({ lastSeq }) => lastSeq).reduce((a, b) => a + b, 0)).toBe(talker?.messages);
});

test("searches find the seeded by their words", async () => {
  const { client } = await signIn(pendo, "person-2@seed.pendo.test");
  const { items } = await client.discovery.search({ text: "", limit: 50 });
  expect(items.length).toBeGreaterThan(0);
  expect(existsSync(join(dataDir, "portraits"))).toBe(true);
});
