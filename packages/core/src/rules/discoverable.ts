import type { UserId } from "@pendo/contract/ids";
import type { Ports } from "../ports/ports.ts";
import type { Tx } from "../ports/db/db.ts";
import { recomputeDiscoverable } from "./discoverable.sql.ts";

/** Whether a profile just became discoverable, ceased to be, or stays what it was. */
export type Flip = "shown" | "hidden" | "same";

/**
 * Recomputes whether decks and search may show a profile: its user is active, it is neither paused nor held, its words passed moderation, its essentials and a
 * position are set, and at least one photo is visible. Call it after any change that decides one of these, in that change's transaction.
 * It emits nothing: a caller that has the bus calls `tellDiscoverable` instead.
 */
export async function refreshDiscoverable(tx: Tx, userId: UserId, at: Date): Promise<Flip> {
  const after = await recomputeDiscoverable(tx, userId, at);
  if (after === null) return "same";
  return after ? "shown" : "hidden";
}

/** Does what `refreshDiscoverable` does, and emits `profile.updated` or `profile.hidden` where the answer changed. */
export async function tellDiscoverable({ bus }: Pick<Ports, "bus">, tx: Tx, userId: UserId, at: Date): Promise<Flip> {
  const flip = await refreshDiscoverable(tx, userId, at);
  if (flip === "shown") await bus.emit(tx, "profile.updated", { userId });
  if (flip === "hidden") await bus.emit(tx, "profile.hidden", { userId });
  return flip;
}
