import { createHash, timingSafeEqual } from "node:crypto";
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerResult,
  APIGatewaySimpleAuthorizerWithContextResult,
} from "aws-lambda";
import { BY_EDGE } from "../middleware/callerIp.ts";
import { isPing, pong, type Pong } from "../middleware/ping.ts";
import { type Genuine, genuineTokens } from "./gatewayToken.ts";
import { linkedTo } from "./linkedTo.ts";

/**
 * What the gateways ask before they call a function. Three entries in one module:
 *
 * - `authorizer.session`: HTTP API, payload 2.0, simple responses. For routes that need a user: came by CloudFront, and bears a token of ours. One
 *   that is over is let through, so that the function behind answers the contract's `auth.tokenExpired`.
 * - `authorizer.origin`: the same for public routes: came by CloudFront.
 * - `authorizer.connect`: WebSocket API, REQUEST authorizer of `$connect`, which answers a policy: came by CloudFront. Whose socket it is, the
 *   ticket says.
 *
 * - links: `OriginSecret` { current, previous?, next? } (all three; absent where the stage has no CloudFront, and then the origin is not checked);
 *   `SigningKeys` and `Addresses` (`session` alone)
 * - identity sources: `session` Authorization, `origin` none but x-pendo-origin; x-pendo-origin belongs to all of them, or an answer that is
 *   remembered would stand for requests without it
 * - no IAM actions, no VPC; timeout 5 s, memory 512 MB or more (what it costs is one signature and the start)
 */
export const session = async (event: APIGatewayRequestAuthorizerEventV2): Promise<Simple | Pong> => {
  const { cameByEdge, isGenuine } = configured();
  const genuine = isGenuine();
  if (isPing(event)) return alive();
  const headers = event.headers ?? {};
  return simple("session", cameByEdge(headers[ORIGIN_HEADER]) ? (genuine(headers["authorization"]) ? null : "token") : "origin");
};

/** For public routes: lets a request through that came by CloudFront, or every request where the stage has none. */
export const origin = async (event: APIGatewayRequestAuthorizerEventV2): Promise<Simple | Pong> => {
  const { cameByEdge } = configured();
  if (isPing(event)) return alive();
  return simple("origin", cameByEdge(event.headers?.[ORIGIN_HEADER]) ? null : "origin");
};

/**
 * For `$connect` of the WebSocket API, which expects a policy instead of a simple response. It checks that the request
 * came by CloudFront.
 */
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
  /** Whether there is an edge to come by. */
  readonly isGuarded: boolean;
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
    isGuarded: links["OriginSecret"] !== undefined,
    isGenuine: () =>
      (genuine ??= genuineTokens(textIn(links, "SigningKeys", "value"), textIn(links, "Addresses", "publicUrl").replace(/\/+$/, ""))),
  };
  return read;
}

function edge(secret: unknown): Configured["cameByEdge"] {
  if (secret === undefined) return () => true;
  const { current, ...around } = secret as { current?: unknown; previous?: unknown; next?: unknown };
  if (typeof current !== "string" || current.length < SECRET_CHARS_MIN)
    throw new Error(`This function's link is unusable: OriginSecret.current is no text of ${SECRET_CHARS_MIN} characters or more.`);
  // CloudFront is told of a new one minutes before the functions are shifted, and a rollback takes them back: the neighbours pass too.
  const neighbours = [around.previous, around.next].filter((one) => typeof one === "string" && one.length >= SECRET_CHARS_MIN);
  const known = [current, ...neighbours].map((one) => digest(String(one)));
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

type Simple = APIGatewaySimpleAuthorizerResult | APIGatewaySimpleAuthorizerWithContextResult<typeof BY_EDGE>;

function simple(authorizer: string, because: "origin" | "token" | null): Simple {
  if (because) refused(authorizer, because);
  const isAuthorized = because === null;
  // The function behind believes what CloudFront says of the viewer, where CloudFront it was.
  return isAuthorized && configured().isGuarded ? { isAuthorized, context: BY_EDGE } : { isAuthorized };
}

function refused(authorizer: string, because: string): void {
  process.stdout.write(
    `${JSON.stringify({ level: "warn", at: new Date().toISOString(), kind: "authorizer", authorizer, refused: because })}\n`,
  );
}

function alive(): Pong {
  return pong(process.env["PENDO_RELEASE"] ?? "unreleased");
}
