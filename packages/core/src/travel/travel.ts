import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Coordinates } from "../rules/distance.ts";
import { secretGrid } from "../location/grid.ts";
import { countMove, lockPlace } from "../location/location.sql.ts";
import { checkedWindow, samePlace } from "../location/location.ts";
import type { Uses } from "../ports/ports.ts";
import { charge } from "../quotas/quotas.sql.ts";
import { windowOf } from "../quotas/windows.ts";
import { appendWithMatches } from "../log/log.sql.ts";
import * as sql from "./travel.sql.ts";

const TRAVEL_DAYS = 7;
/** How many travels end in one transaction, which writes to the logs of all their matches. */
const DUE_MAX = 20;
/** The next run goes on where this one stopped. */
const ROUNDS_MAX = 500;

export interface Travel {
  readonly travel: { readonly startedAt: string; readonly expiresAt: string } | null;
}

/** Whether somebody is seen somewhere else than where they are, and until when. */
export async function get({ db, clock }: Uses<"db">, { userId }: { readonly userId: UserId }): Promise<Travel> {
  return toTravel(await sql.current(db, userId, clock.now()));
}

/**
 * Shows somebody at another place for a week, and what they look for is looked for from there. Where they are stays what it is and shows nowhere
 * meanwhile. The place is snapped to the grid of all places, and the exact one is gone when this returns. The same place again changes nothing.
 * A travel costs the day's; it counts as a change of place like any other, and from one travel to the next nobody gets faster than by location.
 * @throws {Fault} `profile.incomplete`: it is not known where the user is
 * @throws {Fault} `travel.quotaSpent`: the day's travel is used up
 * @throws {Fault} `location.tooFast`: too many changes of place in a day, or no flight is fast enough from the last travel
 */
export async function start(
  { db, bus, secrets, clock }: Uses<"db" | "bus" | "secrets">,
  { userId, lat, lon }: Coordinates & { readonly userId: UserId },
): Promise<Travel> {
  const at = clock.now();
  const grid = secretGrid(secrets.key("grid"));
  return await db.begin(async (tx) => {
    const home = await lockPlace(tx, userId);
    if (!home.place) throw new Fault("profile.incomplete", { fields: { "/location": "is missing" } });
    const was = await sql.newest(tx, userId);
    const lasts = was !== undefined && was.endedAt === null && was.until > at;
    const to = grid.snap(userId, { lat, lon }, was?.place ?? null);
    if (lasts && samePlace(was.place, to)) return toTravel(was);
    const window = checkedWindow({ ...home, place: was?.place ?? null, at: was?.startedAt ?? null }, to, at);
    await countMove(tx, { userId, window });
    const quota = windowOf("travel", at);
    if (!(await charge(tx, userId, quota))) throw new Fault("travel.quotaSpent", { resetsAt: quota.resetsAt });
    const next = { startedAt: at, until: new Date(at.getTime() + TRAVEL_DAYS * 24 * 3_600_000) };
    await sql.put(tx, { userId, to, ...next });
    await appendWithMatches(tx, [{ userId, kind: "profile", ref: userId }], at);
    await bus.emit(tx, "travel.started", { userId }, { actor: userId });
    return toTravel(next);
  });
}

/** Ends a travel before its time; where there is none, nothing changes. */
export async function end({ db, bus, clock }: Uses<"db" | "bus">, { userId }: { readonly userId: UserId }): Promise<void> {
  await db.begin(async (tx) => {
    const at = clock.now();
    if (!(await sql.cut(tx, userId, at))) return;
    await appendWithMatches(tx, [{ userId, kind: "profile", ref: userId }], at);
    await bus.emit(tx, "travel.ended", { userId }, { actor: userId });
  });
}

/** Tells of the travels whose time has come that they are over, each once; answers how many. */
export async function endDue({ db, bus, clock }: Uses<"db" | "bus">): Promise<number> {
  let count = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const ended = await db.begin(async (tx) => {
      const at = clock.now();
      const userIds = await sql.endDue(tx, { at, limit: DUE_MAX });
      await appendWithMatches(
        tx,
        userIds.map((userId) => ({ userId, kind: "profile", ref: userId })),
        at,
      );
      await bus.emitAll(
        tx,
        userIds.map((userId) => ({ name: "travel.ended", data: { userId } })),
      );
      return userIds.length;
    });
    count += ended;
    if (ended < DUE_MAX) break;
  }
  return count;
}

function toTravel(lasting: sql.Lasting | undefined): Travel {
  return { travel: lasting ? { startedAt: lasting.startedAt.toISOString(), expiresAt: lasting.until.toISOString() } : null };
}
