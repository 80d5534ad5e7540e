import type { PortName } from "@pendo/contract/ports";
import type { RouteSpec } from "@pendo/contract/route";
import { connectionNeeds, framesIn } from "@pendo/contract/sockets";

/** The ports of a noun's function: what its routes name, and what the middleware asks for on their behalf. */
export function needsOfNoun(specs: object): PortName[] {
  // Every request is counted against its limit.
  const needs = new Set<PortName>(["cache"]);
  for (const spec of Object.values(specs) as RouteSpec[]) {
    for (const name of spec.needs) needs.add(name);
    // Who calls is proven by keys, and was not signed out.
    if (spec.auth !== "public") needs.add("secrets");
    // First answers are kept in the database, and so are the roles of staff.
    if (spec.idempotent || (spec.auth !== "public" && spec.auth !== "user")) needs.add("db");
  }
  return [...needs];
}

/** The ports of the socket's function: what opening, closing and all frames name. */
export function needsOfSocket(): PortName[] {
  return [...new Set<PortName>([...connectionNeeds, ...Object.values(framesIn).flatMap((spec) => [...spec.needs])])];
}
