import * as access from "@pendo/core/auth/authenticate";
import { Fault } from "@pendo/core/fault";
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
      const { me, sessionId, roles } = await access.authenticate(ports, request.event.headers["authorization"]);
      request.internal.me = me;
      request.internal.sessionId = sessionId;
      request.internal.roles = roles;
    },
  };
}

/** Lets in whom the route is for. It comes after the rate limit, so that knocking counts. */
export function authorize(): HttpMiddleware {
  return {
    before: ({ internal: { route, roles = [] } }) => {
      const { auth } = route.spec;
      if (auth === "public" || auth === "user" || roles.includes(auth) || roles.includes("admin")) return;
      throw new Fault("auth.forbidden");
    },
  };
}
