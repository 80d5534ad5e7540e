import { type FaultCode, faults } from "@pendo/contract/faults";
import { NOTIFICATION_KEPT_DAYS } from "@pendo/contract/notification";
import type { RouteSpec } from "@pendo/contract/route";
import * as nouns from "@pendo/contract/routes/index";

/** What the client needs of a route while it runs. Types know the rest. */
export interface RouteData {
  readonly at: string;
  readonly isPublic?: true;
  readonly idempotent?: true;
}

// `npm run client:build` replaces this module by its values, so that no schema is in a browser's bundle.
export const routes: Readonly<Record<string, Readonly<Record<string, RouteData>>>> = Object.fromEntries(
  Object.entries(nouns).map(([noun, specs]) => [
    noun,
    Object.fromEntries((Object.entries(specs) as [string, RouteSpec][]).map(([name, spec]) => [name, dataOf(spec)])),
  ]),
);

export const faultStatus = Object.fromEntries(Object.entries(faults).map(([code, { status }]) => [code, status])) as Readonly<
  Record<FaultCode, number>
>;

export const notificationKeptDays: number = NOTIFICATION_KEPT_DAYS;

function dataOf({ at, auth, idempotent }: RouteSpec): RouteData {
  return { at, ...(auth === "public" && { isPublic: true as const }), ...(idempotent && { idempotent: true as const }) };
}
