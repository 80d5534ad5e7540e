import * as boosts from "../boosts/boosts.ts";
import * as held from "../messages/held.ts";
import * as restrictions from "../moderation/holds.ts";
import type { Uses } from "../ports/ports.ts";
import * as travel from "../travel/travel.ts";

/** Ends the boosts, travels and restrictions whose time has come, and delivers held messages that waited too long for their turn. Safe to repeat. */
export async function endDue(ports: Uses<"db" | "bus">): Promise<void> {
  await Promise.all([boosts.endDue(ports), travel.endDue(ports), restrictions.endDue(ports), held.releaseDue(ports)]);
}
