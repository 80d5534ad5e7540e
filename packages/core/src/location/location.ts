import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { tellDiscoverable } from "../rules/discoverable.ts";
import { ensureProfile } from "../profiles/profiles.sql.ts";
import { distanceKm, type Coordinates } from "../rules/distance.ts";
import { secretGrid } from "./grid.ts";
import { lockPlace, markLocated, movePlace, type Located } from "./location.sql.ts";

/** No passenger aircraft is faster over the ground, save for a tailwind now and then. */
const SPEED_KM_PER_HOUR_MAX = 1000;
/** What may be travelled at once: a first place guessed from a network address is often this wrong. */
const ALLOWANCE_KM = 50;
const CHANGES_MAX = 30;
const CHANGES_WINDOW_MS = 24 * 3_600_000;

/**
 * Snaps where somebody says they are to the secret grid and keeps that; the exact place is gone when this returns. A place in the same cell, or not
 * far outside it, changes nothing.
 * @throws {Fault} `location.tooFast`: too many changes in a day, or no flight is fast enough from the last place; `resetsAt` says when it
 *   may be
 */
export async function replace(
  { db, bus, secrets, clock }: Uses<"db" | "bus" | "secrets">,
  { userId, lat, lon }: Coordinates & { readonly userId: UserId },
): Promise<{ updatedAt: string }> {
  const at = clock.now();
  const grid = secretGrid(secrets.key("grid"));
  await db.begin(async (tx) => {
    await ensureProfile(tx, userId, at);
    const was = await lockPlace(tx, userId);
    const to = grid.snap(userId, { lat, lon }, was.place);
    if (was.place && samePlace(was.place, to)) return markLocated(tx, userId, at);
    const window = checkedWindow(was, to, at);
    await movePlace(tx, { userId, to, window, at });
    await tellDiscoverable({ bus }, tx, userId, at);
    await bus.emit(tx, "location.changed", { userId }, { actor: userId });
  });
  return { updatedAt: at.toISOString() };
}

/**
 * The window that counts a change of place.
 * @throws {Fault} `location.tooFast`: that is one change too many, or too far
 */
export function checkedWindow(was: Located, to: Coordinates, at: Date): { start: Date; changes: number } {
  if (was.place && was.at) {
    const beyondKm = distanceKm(was.place, to) - ALLOWANCE_KM;
    const resetsAt = new Date(was.at.getTime() + (beyondKm / SPEED_KM_PER_HOUR_MAX) * 3_600_000);
    if (resetsAt > at) throw new Fault("location.tooFast", { resetsAt });
  }
  if (was.windowAt === null || at.getTime() - was.windowAt.getTime() >= CHANGES_WINDOW_MS) return { start: at, changes: 1 };
  if (was.changes >= CHANGES_MAX) throw new Fault("location.tooFast", { resetsAt: new Date(was.windowAt.getTime() + CHANGES_WINDOW_MS) });
  return { start: was.windowAt, changes: was.changes + 1 };
}

/** Whether two places of the grid are one. It computes the middle of a cell by the same steps each time, so equality needs no tolerance. */
export function samePlace(a: Coordinates, b: Coordinates): boolean {
  return a.lat === b.lat && a.lon === b.lon;
}
