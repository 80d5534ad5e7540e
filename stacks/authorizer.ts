import { type FunctionContext, type LiveFunction, liveFunction } from "./functions";
import type { Origin } from "./place";

const spec = {
  // Whether a token is ours, without a call to any store; whether it was revoked, the function behind finds out.
  SessionAuthorizer: { export: "session", description: "Lets through what bears a token of ours" },
  OriginAuthorizer: { export: "origin", description: "Lets through what came by CloudFront" },
  ConnectAuthorizer: { export: "connect", description: "Lets sockets open that came by CloudFront" },
} as const;

/** The functions that API Gateway asks before it calls any other. */
export function authorizer(context: FunctionContext, name: keyof typeof spec, origin: Origin | undefined): LiveFunction {
  const { description } = spec[name];
  return liveFunction(context, {
    name,
    description,
    handler: `packages/functions/src/lambda/authorizer.${spec[name].export}`,
    needs: [],
    timeoutSec: 5,
    memoryMb: 512,
    links: [...(name === "SessionAuthorizer" ? context.links.tokens : []), ...(origin ? [origin.secret] : [])],
    warm: name === "SessionAuthorizer",
  });
}
