import type { HttpMiddleware } from "./httpInvocation.ts";
import { faultOf, problemOf } from "./problem.ts";
import type { Runtime } from "./runtime.ts";

/** Turns whatever was thrown into problem details; internals stay in the log. */
export function answerProblems({ clock, observer }: Runtime): HttpMiddleware {
  return {
    onError: (request) => {
      const { fault, isBug } = faultOf(request.error);
      const requestId = request.event.requestContext.requestId;
      if (isBug) observer.bug(request.error, { requestId, route: request.internal.route?.name ?? request.event.routeKey });
      const problem = problemOf(fault, clock, requestId);
      request.response = {
        statusCode: problem.status,
        headers: { ...request.internal.responseHeaders, ...problem.headers },
        body: problem.body,
      };
    },
  };
}
