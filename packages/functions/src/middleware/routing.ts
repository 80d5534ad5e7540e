import { Fault } from "@pendo/core/fault";
import type { BoundRoute } from "./http.ts";
import type { HttpMiddleware } from "./httpInvocation.ts";

/**
 * Finds the route that the gateway matched. What it did not match arrives as `$default`. A gateway takes `PUT /v1/swipes/rewind` for
 * `PUT /v1/swipes/{targetId}`; the contract says that `/v1/swipes/rewind` is an address of its own, with POST alone: 405.
 */
export function route(routes: ReadonlyMap<string, BoundRoute>): HttpMiddleware {
  const fixed = methodsByAddress(routes.keys());
  return {
    before: ({ event, internal }) => {
      const bound = routes.get(event.routeKey);
      if (!bound) throw new Fault("route.notFound");
      const methods = fixed.get(event.rawPath);
      if (methods && !methods.includes(event.routeKey.split(" ")[0] ?? "")) {
        internal.responseHeaders["allow"] = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
        throw new Fault("route.methodNotAllowed");
      }
      internal.route = bound;
    },
  };
}

/** The methods of every address without a variable. */
function methodsByAddress(routeKeys: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const key of routeKeys) {
    const [method = "", address = ""] = key.split(" ");
    if (!address.includes("{")) methods.set(address, [...(methods.get(address) ?? []), method]);
  }
  return methods;
}
