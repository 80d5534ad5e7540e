import { createHash, timingSafeEqual } from "node:crypto";
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerResult,
} from "aws-lambda";
import { isPing, pong, type Pong } from "../middleware/ping.ts";
import { type Genuine, genuineTokens } from "./gatewayToken.ts";
import { linkedTo } from "./linkedTo.ts";

/*
 * What the gateways ask before they call a function. Three entries in one module:
 *
 * - `authorizer.session`: HTTP API, payload 2.0, simple responses. For routes that need a user: came by CloudFront, and bears a token of ours. One
 *   that is over is let through, so that the function behind answers the contract's `auth.tokenExpired`.
 * - `authorizer.origin`: the same for public routes: came by CloudFront.
 * - `authorizer.connect`: WebSocket API, REQUEST authorizer of `$connect`, which answers a policy: came by CloudFront. Whose socket it is, the
 *   ticket says.
 *
 * - links: `OriginSecret` { current, previous? } (all three; absent where the stage has no CloudFront, and then the origin is not checked);
 *   `SigningKeys` and `Addresses` (`session` alone)
 * - identity sources: `session` Authorization, `origin` none but x-pendo-origin; x-pendo-origin belongs to all of them, or an answer that is
 *   remembered would stand for requests without it
 * - no IAM actions, no VPC; timeout 5 s, memory 512 MB or more (what it costs is one signature and the start)
 */
export const session = async (event: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerResult | Pong> => {
  const { cameByEdge, isGenuine } = configured();
  const genuine = isGenuine();
  if (isPing(event)) return alive();
  const headers = event.headers ?? {};
  return simple("session", cameByEdge(headers[ORIGIN_HEADER]) ? (genuine(headers["authorization"]) ? null : "token") : "origin");
};

export const origin = async (event: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerResult | Pong> => {
  const { cameByEdge } = configured();
  if (isPing(event)) return alive();
  return simple("origin", cameByEdge(event.headers?.[ORIGIN_HEADER]) ? null : "origin");
};

export const connect = async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult | Pong> => {
  const { cameByEdge } = configured();
  if (isPing(event)) return alive();
  // Here names come as the sender wrote them.
  const [, sent] = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === ORIGIN_HEADER) ?? [];
  const allowed = cameByEdge(sent);
  if (!allowed) refused("connect", "origin");
  return {
    principalId: "edge",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: allowed ? "Allow" : "Deny", Resource: event.methodArn }],
    },
  };
};

const ORIGIN_HEADER = "x-pendo-origin";

interface Configured {
  readonly cameByEdge: (sent: string | undefined) => boolean;
  /** The keys are read where tokens are checked. */
  readonly isGenuine: () => Genuine;
}

let read: Configured | undefined;

// At the first event: what is wrong with a link is then said, and everything refused, by the entry that needs it.
function configured(): Configured {
  if (read) return read;
  const links = linkedTo(process.env);
  let genuine: Genuine | undefined;
  read = {
    cameByEdge: edge(links["OriginSecret"]),
    isGenuine: () =>
      (genuine ??= genuineTokens(textIn(links, "SigningKeys", "value"), textIn(links, "Addresses", "publicUrl").replace(/\/+$/, ""))),
  };
  return read;
}

function edge(secret: unknown): Configured["cameByEdge"] {
  if (secret === undefined) return () => true;
  const { current, previous } = secret as { current?: unknown; previous?: unknown };
  if (typeof current !== "string" || current.length < SECRET_CHARS_MIN)
    throw new Error(`This function's link is unusable: OriginSecret.current is no text of ${SECRET_CHARS_MIN} characters or more.`);
  const known = [current, ...(typeof previous === "string" && previous.length >= SECRET_CHARS_MIN ? [previous] : [])].map(digest);
  return (sent = "") => {
    const one = digest(sent);
    // All are compared, in constant time: how long it takes tells nothing of either.
    return known.map((other) => timingSafeEqual(one, other)).includes(true);
  };
}

const SECRET_CHARS_MIN = 16;
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function textIn(links: Record<string, unknown>, resource: string, property: string): string {
  const link = links[resource];
  if (link === undefined) throw new Error(`This function is not linked to the resource ${resource}.`);
  const value = (link as Record<string, unknown>)[property];
  if (typeof value !== "string" || value === "") throw new Error(`This function's link is unusable: ${resource}.${property} is missing.`);
  return value;
}

function simple(authorizer: string, because: "origin" | "token" | null): APIGatewaySimpleAuthorizerResult {
  if (because) refused(authorizer, because);
  return { isAuthorized: because === null };
}

function refused(authorizer: string, because: string): void {
  process.stdout.write(
    `${JSON.stringify({ level: "warn", at: new Date().toISOString(), kind: "authorizer", authorizer, refused: because })}\n`,
  );
}

function alive(): Pong {
  return pong(process.env["PENDO_RELEASE"] ?? "unreleased");
}
