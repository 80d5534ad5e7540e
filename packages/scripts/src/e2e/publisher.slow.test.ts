import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "@pendo/core/ports/db/connect";
import type { Db } from "@pendo/core/ports/db/db";
import { testRandom } from "@pendo/engine/testSeed.fixture";
import { askConsole } from "@pendo/host/console/askConsole";
import { freePort } from "@pendo/host/gateway/listen";
import { startOneMachine } from "@pendo/host/oneMachine";
import { afterAll, expect, test } from "vitest";
import { type ChildHost, startHost } from "./childHost.ts";
import { type Planted, type PlantedCouple, plantCouples, plantPeople } from "./planted.ts";
import { jsonCall } from "./rawCall.ts";

const random = testRandom();
const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-publisher-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** What was answered with 2xx, and so must be there, whatever happens next. */
interface Answered {
  readonly likes: { readonly liker: string; readonly liked: string }[];
  readonly messageIds: string[];
}

test("kill -9 at a random moment loses nothing that was answered, and every fact has its effect exactly once after the next start", async () => {
  const port = await freePort(0, "127.0.0.1");
  const { people, couples } = await planted(port);
  const likers = people.slice(0, 20);
  const liked = people.slice(20);
  const answered: Answered = { likes: [], messageIds: [] };
  const killAfter: number[] = [];

  for (let round = 0; round < 2; round++) {
    const host = await startHost({ PENDO_DATA: dataDir, PORT: String(port) });
    // Somewhere between 40 and 140 answers, in the middle of everything.
    const after = 40 + Math.floor(random() * 100);
    killAfter.push(after);
    await writeUntilKilled(host, { likers, liked, couples, round, after, answered });
  }
  process.stdout.write(
    `Killed after ${killAfter.join(" and ")} answers; ${answered.likes.length} likes and ${answered.messageIds.length} messages were answered.\n`,
  );

  const host = await startHost({ PENDO_DATA: dataDir, PORT: String(port) });
  await askConsole(host, "POST /idle");
  // The socket file that the embedded server listens on.
  const db = connect(`postgres://pendo@localhost:5432/postgres?host=${encodeURIComponent(path.join(dataDir, "postgres"))}`);
  try {
    await expect.poll(async () => (await tally(db)).waiting, { timeout: 30_000, interval: 250 }).toBe(0);
    const { likesMade, likesNotified, likesCounted, messagesMade, messagesNotified, messagesCounted } = await tally(db);
    expect({ likesNotified, likesCounted, messagesNotified, messagesCounted }).toEqual({
      ...{ likesNotified: likesMade, likesCounted: likesMade },
      ...{ messagesNotified: messagesMade, messagesCounted: messagesMade },
    });
    expect(likesMade).toBeGreaterThanOrEqual(answered.likes.length);
    const kept = new Set(
      (await db<{ likerId: string; likedId: string }[]>`select liker_id, liked_id from likes_inbox`).map(
        (row) => `${row.likerId} ${row.likedId}`,
      ),
    );
    expect(answered.likes.filter(({ liker, liked: other }) => !kept.has(`${liker} ${other}`))).toEqual([]);
    const messages = new Set((await db<{ id: string }[]>`select id from messages`).map(({ id }) => id));
    expect(answered.messageIds.filter((id) => !messages.has(id))).toEqual([]);
  } finally {
    await db.end({ timeout: 1 });
    await host.kill("SIGTERM");
  }
});

async function planted(port: number): Promise<{ people: Planted[]; couples: PlantedCouple[] }> {
  const pendo = await startOneMachine({ dataDir, port, host: "127.0.0.1", logLevel: "errors", write: () => {} });
  try {
    const place = { dataDir, url: pendo.url, socketUrl: pendo.socketUrl, db: pendo.db, clock: pendo.clock };
    return { people: await plantPeople(place, 40), couples: await plantCouples(place, 10) };
  } finally {
    await pendo.stop();
  }
}

interface Writing {
  readonly likers: readonly Planted[];
  readonly liked: readonly Planted[];
  readonly couples: readonly PlantedCouple[];
  readonly round: number;
  readonly after: number;
  readonly answered: Answered;
}

/** Likes and messages, sixteen at a time, until so many were answered; then the host is killed, while others are on their way. */
async function writeUntilKilled(host: ChildHost, { likers, liked, couples, round, after, answered }: Writing): Promise<void> {
  let count = 0;
  let killed: Promise<unknown> | undefined;
  const like = async (i: number): Promise<void> => {
    const liker = likers[i % likers.length] as Planted;
    const other = liked[(Math.floor(i / likers.length) + round * 10) % liked.length] as Planted;
    const { status } = await jsonCall(host.url, `PUT /v1/swipes/${other.userId}`, { token: liker.token, body: { action: "like" } });
    if (status === 200) answered.likes.push({ liker: liker.userId, liked: other.userId });
    else throw new Error(`A like was answered with ${status}.`);
  };
  const write = async (i: number): Promise<void> => {
    const { conversationId, ann } = couples[i % couples.length] as PlantedCouple;
    const answer = await jsonCall(host.url, `PUT /v1/conversations/${conversationId}/messages/${testIds.next()}`, {
      token: ann.token,
      body: { text: "Hello" },
    });
    if (answer.status === 200) answered.messageIds.push((JSON.parse(answer.text) as { id: string }).id);
    else throw new Error(`A message was answered with ${answer.status}.`);
  };
  const lane = async (first: number): Promise<void> => {
    for (let i = first; killed === undefined; i += 16) {
      try {
        await (i % 2 ? like((i - 1) / 2) : write(i / 2));
      } catch (error) {
        // Cut off by the kill; an answer other than 2xx before it is a failure.
        if (killed === undefined) throw error;
        return;
      }
      if (++count === after) killed = host.kill("SIGKILL");
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, i) => lane(i)));
  await killed;
}

/** How much happened, by what is stored; what followed from it; and how much is still to be done now, without the pushes that are held back. */
async function tally(db: Db) {
  const [row] = await db<
    [
      {
        likesMade: number;
        likesNotified: number;
        likesCounted: number;
        messagesMade: number;
        messagesNotified: number;
        messagesCounted: number;
        waiting: number;
      },
    ]
  >`
    select (select count(*)::int from likes_inbox) as likes_made, (select count(*)::int from messages) as messages_made,
      (select coalesce(sum(event_count), 0)::int from notifications where kind = 'like') as likes_notified,
      (select coalesce(sum(event_count), 0)::int from notifications where kind = 'message') as messages_notified,
      (select coalesce(sum(value), 0)::int from metric_days where name = 'likes') as likes_counted,
      (select coalesce(sum(value), 0)::int from metric_days where name = 'messages') as messages_counted,
      (select count(*)::int from outbox) + (select count(*)::int from queue.job
        where state in ('retry', 'active') or (state = 'created' and start_after <= now())) as waiting`;
  return row;
}
