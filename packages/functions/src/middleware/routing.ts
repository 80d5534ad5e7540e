import { Fault } from "@pendo/core/fault";
import type { BoundRoute } from "./http.ts";
import type { HttpMiddleware } from "./httpInvocation.ts";

/** Finds the route that the gateway matched. What it did not match arrives as `$default`. */
export function route(routes: ReadonlyMap<string, BoundRoute>): HttpMiddleware {
  return {
    before: (request) => {
      const bound = routes.get(request.event.routeKey);
      if (!bound) throw new Fault("route.notFound");
      request.internal.route = bound;
    },
  };
}
