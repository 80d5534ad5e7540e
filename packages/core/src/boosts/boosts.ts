import type { BoostId, UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import { charge } from "../quotas/quotas.sql.ts";
import { windowOf } from "../quotas/windows.ts";
import * as sql from "./boosts.sql.ts";

const BOOST_MIN = 30;
const DUE_MAX = 200;
/** The next run goes on where this one stopped. */
const ROUNDS_MAX = 50;

export interface Boost {
  readonly id: BoostId;
  readonly startedAt: string;
  readonly expiresAt: string;
}

/** The boost of a user that runs, if one does. */
export async function getCurrent({ db, clock }: Uses<"db">, { userId }: { readonly userId: UserId }): Promise<{ boost: Boost | null }> {
  const running = await sql.running(db, userId, clock.now());
  return { boost: running ? toBoost(running) : null };
}

/**
 * Shows somebody more for half an hour. While a boost runs, this answers it and costs nothing: a user never has two.
 * @throws {Fault} `profile.notShown`: no user may be shown the profile
 * @throws {Fault} `boost.quotaSpent`: the boost of this window is used up; `resetsAt` says when the next is free
 */
export async function start({ db, bus, clock, ids }: Uses<"db" | "bus">, { userId }: { readonly userId: UserId }): Promise<Boost> {
  const at = clock.now();
  return await db.begin(async (tx) => {
    const shown = await sql.lockShown(tx, userId);
    const running = await sql.running(tx, userId, at);
    if (running) return toBoost(running);
    if (!shown) throw new Fault("profile.notShown");
    // One may be over that the schedule has not come to yet.
    await emitEnded({ bus }, tx, await sql.endDue(tx, { at, limit: 1, userId }));
    const quota = windowOf("boost", at);
    if (!(await charge(tx, userId, quota))) throw new Fault("boost.quotaSpent", { resetsAt: quota.resetsAt });
    const boost = { id: ids.next<BoostId>(), startedAt: at, until: new Date(at.getTime() + BOOST_MIN * 60_000) };
    await sql.insert(tx, { userId, ...boost });
    await bus.emit(tx, "boost.started", { userId, boostId: boost.id }, { actor: userId });
    return toBoost(boost);
  });
}

/** Tells of the boosts whose time has come that they are over, each once; answers how many. */
export async function endDue({ db, bus, clock }: Uses<"db" | "bus">): Promise<number> {
  let count = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const ended = await db.begin(async (tx) => {
      const due = await sql.endDue(tx, { at: clock.now(), limit: DUE_MAX });
      await emitEnded({ bus }, tx, due);
      return due.length;
    });
    count += ended;
    if (ended < DUE_MAX) break;
  }
  return count;
}

async function emitEnded({ bus }: Pick<Ports, "bus">, tx: Tx, ended: readonly sql.Ended[]): Promise<void> {
  await bus.emitAll(
    tx,
    ended.map(({ boostId, userId }) => ({ name: "boost.ended", data: { userId, boostId } })),
  );
}

function toBoost({ id, startedAt, until }: sql.Running): Boost {
  return { id, startedAt: startedAt.toISOString(), expiresAt: until.toISOString() };
}
