import * as access from "@pendo/core/auth/authenticate";
import { Fault } from "@pendo/core/fault";
import type { HttpMiddleware } from "./httpInvocation.ts";
import { contextOf, type Runtime } from "./runtime.ts";

/** Says who calls. Public routes don't ask; staff routes demand their role, or `admin`. */
export function authenticate(runtime: Runtime): HttpMiddleware {
  // Bound at the first request that asks: a function of public routes alone has neither port.
  let ports: Parameters<typeof access.authenticate>[0] | undefined;
  return {
    before: async (request) => {
      const { spec } = request.internal.route;
      if (spec.auth === "public") return;
      ports ??= contextOf(runtime, ["cache", "secrets"]) as unknown as NonNullable<typeof ports>;
      const { me, sessionId, roles } = await access.authenticate(ports, request.event.headers["authorization"]);
      if (spec.auth !== "user" && !roles.includes(spec.auth) && !roles.includes("admin")) throw new Fault("auth.forbidden");
      request.internal.me = me;
      request.internal.sessionId = sessionId;
    },
  };
}
