import * as access from "@pendo/core/auth/authenticate";
import { Fault } from "@pendo/core/fault";
import type { Db } from "@pendo/core/ports/db/db";
import type { HttpMiddleware } from "./httpInvocation.ts";
import { contextOf, type Runtime } from "./runtime.ts";

/** Says who calls. Public routes don't ask. */
export function authenticate(runtime: Runtime): HttpMiddleware {
  // Bound at the first request that asks: a function of public routes alone has neither port.
  let ports: Parameters<typeof access.authenticate>[0] | undefined;
  return {
    before: async (request) => {
      const { spec } = request.internal.route;
      if (spec.auth === "public") return;
      ports ??= contextOf(runtime, ["cache", "secrets"]) as unknown as NonNullable<typeof ports>;
      const { me, sessionId } = await access.authenticate(ports, request.event.headers["authorization"]);
      request.internal.me = me;
      request.internal.sessionId = sessionId;
    },
  };
}

/** Lets in the users that the route is for. It comes after the rate limit, so that knocking counts. */
export function authorize(runtime: Runtime): HttpMiddleware {
  return {
    before: async ({ internal: { route, me, sessionId } }) => {
      const { auth } = route.spec;
      if (auth === "public" || auth === "user") return;
      if (!me || !sessionId) throw new Fault("auth.required");
      const roles = await access.staffRolesOf(contextOf(runtime, ["db"]) as { db: Db }, { me, sessionId });
      if (!roles.includes(auth) && !roles.includes("admin")) throw new Fault("auth.forbidden");
    },
  };
}
