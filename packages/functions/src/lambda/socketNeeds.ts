import type { PortName } from "@pendo/contract/ports";
import { connectionNeeds, framesIn } from "@pendo/contract/sockets";

/** The ports of the socket's function: what opening, closing and all frames name. */
export function needsOfSocket(): PortName[] {
  return [...new Set<PortName>([...connectionNeeds, ...Object.values(framesIn).flatMap((spec) => [...spec.needs])])];
}
