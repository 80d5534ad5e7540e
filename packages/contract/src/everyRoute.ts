import type { RouteSpec } from "./route.ts";
import * as nouns from "./routes/index.ts";

export interface NamedRoute {
  readonly noun: string;
  readonly name: string;
  readonly spec: RouteSpec;
}

/** Every route with its noun and its name. */
export function everyRoute(): NamedRoute[] {
  return Object.entries(nouns).flatMap(([noun, routes]) =>
    Object.entries(routes as Readonly<Record<string, RouteSpec>>).map(([name, spec]) => ({ noun, name, spec })),
  );
}
