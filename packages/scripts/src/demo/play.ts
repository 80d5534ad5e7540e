import { askConsole } from "@pendo/host/console/askConsole";
import * as z from "zod";
import { join, loseConnection } from "./joining.ts";
import { memory } from "./memory.ts";
import { type Actor, type Stage } from "./stage.ts";
import { swipe } from "./swiping.ts";

/** The part of the time in which people arrive, and after which nobody waits for more. */
const ARRIVING_SHARE = 0.35;
const MEETING_SHARE = 0.55;
const ENOUGH_SHARE = 0.75;
const TUNNEL_EVERY = 9;
const SETTLE_WITHIN_MS = 60_000;

/** Plays until the time is over or `stage.stop` ends it, and then until nothing is under way. */
export async function play(stage: Stage, seconds: number): Promise<void> {
  const startedMs = performance.now();
  const looking = watchQueues(stage);
  const enough = async (): Promise<boolean> => {
    const wanted = stage.actors.length * ENOUGH_SHARE;
    while (
      stage.actors.filter(({ discoverable }) => discoverable).length < wanted &&
      performance.now() - startedMs < seconds * 1000 * MEETING_SHARE
    ) {
      if (!(await stage.pause(250))) return false;
    }
    return !stage.over();
  };
  const arrivingMs = seconds * 1000 * ARRIVING_SHARE;
  await Promise.all(
    stage.actors.map((actor, i) => stage.attempt(() => live(stage, actor, { arriveMs: (i / stage.actors.length) * arrivingMs, enough }))),
  );
  await stage.quiet();
  stage.stop();
  await looking;
}

async function live(stage: Stage, actor: Actor, { arriveMs, enough }: { arriveMs: number; enough: () => Promise<boolean> }): Promise<void> {
  if (!(await stage.pause(arriveMs)) || !(await join(stage, actor)) || !(await enough())) return;
  if (actor.character.n % TUNNEL_EVERY === 5) {
    stage.beside(async () => {
      if (await stage.pause(actor.thrown.int(3000, 12_000))) await loseConnection(stage, actor);
    });
  }
  await swipe(stage, actor);
}

const Depths = z.object({ items: z.array(z.object({ waiting: z.number(), dead: z.number(), oldestSec: z.number().nullable() })) });

/** Once a second: how much waits in the queues, and for how long already. */
async function watchQueues(stage: Stage): Promise<void> {
  do {
    await look(stage).catch(() => {});
    stage.tally.tick();
  } while (await stage.pause(1000));
}

async function look(stage: Stage): Promise<number> {
  const { items } = Depths.parse(await (await askConsole(stage.host, "GET /queues")).json());
  const sum = (of: (item: (typeof items)[number]) => number) => items.reduce((total, item) => total + of(item), 0);
  const lagSec = Math.max(0, ...items.map(({ waiting, oldestSec }) => (waiting > 0 ? (oldestSec ?? 0) : 0)));
  stage.tally.looked({ waiting: sum(({ waiting }) => waiting), lagSec, dead: sum(({ dead }) => dead) });
  return sum(({ waiting }) => waiting);
}

export interface Verdict {
  readonly conversations: number;
  readonly problems: readonly string[];
}

/**
 * Lets every queue run empty, then compares with what was confirmed: what each client holds after a last sync from where it stood, and what a new
 * telephone of the same person would hold after syncing from the beginning.
 */
export async function verify(stage: Stage): Promise<Verdict> {
  const deadline = performance.now() + SETTLE_WITHIN_MS;
  do await askConsole(stage.host, "POST /idle");
  while ((await look(stage)) > 0 && performance.now() < deadline);
  const problems: string[] = [];
  await Promise.all(
    stage.actors.map(async ({ person, socket, character, memory: held }) => {
      if (!person) return;
      socket?.close();
      const anew = memory();
      const done = await stage.attempt(async () => {
        await held.sync(person.client);
        await anew.sync(person.client);
        return true;
      });
      if (!done) problems.push(`${character.name} could not sync.`);
      else
        problems.push(
          ...stage.ledger.audit(person.userId, character.name, held),
          ...stage.ledger.audit(person.userId, `${character.name}'s new phone`, anew),
        );
    }),
  );
  const { deadSince } = stage.tally.read();
  if (deadSince > 0) problems.push(`${deadSince} facts went to the dead letters.`);
  return { conversations: stage.ledger.couples().length, problems };
}
