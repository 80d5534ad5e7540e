import { setTimeout as delay } from "node:timers/promises";
import type { Db } from "./db.ts";

/** How often a transaction is begun at most. */
const ATTEMPTS_MAX = 4;
/** The pause before the second attempt; it grows by as much with each further one. */
const PAUSE_MS = 25;

/** PostgreSQL ended a transaction in favour of another: of a deadlock (40P01), or because the two could not follow one another (40001). */
function isOvertaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "40P01" || error.code === "40001");
}

/**
 * Makes `begin` of a client start a transaction again that was overtaken, since nothing of it is left. So what is
 * passed to `begin` may run more than once, and whatever it does besides must bear that.
 */
export function beginAgain(client: Db): void {
  const begin = client.begin.bind(client) as (...given: readonly unknown[]) => Promise<unknown>;
  const again = async (...given: readonly unknown[]): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await begin(...given);
      } catch (error) {
        if (!isOvertaken(error) || attempt === ATTEMPTS_MAX) throw error;
        // After a deadlock the other transaction still has to take the lock that is free now.
        await delay(attempt * PAUSE_MS);
      }
    }
  };
  client.begin = again as Db["begin"];
}
