import type { Db } from "@pendo/core/ports/db/db";
import { countWaiting } from "./backlog.sql.ts";

export interface Drained {
  /** Until nothing was left but what waits on purpose, such as a push for a user who may still read the message. */
  readonly dueSec: number;
  /** Until nothing was left at all. */
  readonly allSec: number;
}

/** Waits until no fact and no message is waiting, and tells how long that took. A run that leaves work behind is not done when it ends. */
export async function drained(db: Db): Promise<Drained> {
  const startedMs = performance.now();
  let dueSec: number | undefined;
  for (;;) {
    const { due, later } = await countWaiting(db);
    const nowSec = (performance.now() - startedMs) / 1000;
    if (due === 0) dueSec ??= nowSec;
    if (dueSec !== undefined && due === 0 && later === 0) return { dueSec, allSec: nowSec };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
