import type { RouteSpec, StaffRole } from "@pendo/contract/route";
import type { SessionId, UserId } from "@pendo/contract/ids";
import { issue } from "@pendo/core/auth/accessTokens";
import type { TestPorts } from "@pendo/local/testPorts";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { HttpFunction } from "./http.ts";
import type { Line, Measured, Observer } from "./observer.ts";
import { traceOfLine } from "./trace.ts";

export interface TestCall {
  readonly path?: Record<string, string>;
  /** The address, where it is not the route's own. */
  readonly rawPath?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  /** Sent as JSON, unless it is a string already. */
  readonly body?: unknown;
  /** Whether `body` is bytes as base64. */
  readonly isBase64?: boolean;
  readonly ip?: string;
  /** What the gateway's authorizer found. */
  readonly authorizer?: object;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  /** Whether `text` is bytes as base64. */
  readonly isBase64: boolean;
  // Tests look into answers of every shape.
  readonly json: () => Record<string, unknown>;
}

/** Calls a wrapped function as the gateway would. */
export async function call(
  serve: HttpFunction,
  routeKey: RouteSpec["at"] | "$default",
  { path, rawPath: asked, query, headers, body, isBase64 = false, ip, authorizer }: TestCall = {},
): Promise<TestAnswer> {
  const [method = "GET", address = "/"] = routeKey.split(" ");
  const rawPath = asked ?? address;
  const text = typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body);
  const event = {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(text !== undefined && { "content-type": "application/json" }), ...headers },
    ...(query && { queryStringParameters: query }),
    ...(path && { pathParameters: path }),
    ...(text !== undefined && { body: text }),
    isBase64Encoded: isBase64,
    requestContext: {
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: ip ?? "192.0.2.1", userAgent: "test" },
      requestId: "test-request",
      routeKey,
      ...(authorizer && { authorizer }),
    },
  } as unknown as APIGatewayProxyEventV2;
  const answer = await serve(event, {} as Context);
  const answered = String(answer.body ?? "");
  return {
    status: Number(answer.statusCode),
    headers: (answer.headers ?? {}) as Record<string, string>,
    text: answered,
    isBase64: answer.isBase64Encoded === true,
    json: () => JSON.parse(answered) as Record<string, unknown>,
  };
}

/** A user that exists, signed in: its id, and the header that says so. */
export async function signedIn(
  ports: TestPorts,
  roles: readonly StaffRole[] = [],
): Promise<{ userId: UserId; sessionId: SessionId; headers: Record<string, string> }> {
  const [userId, sessionId] = [ports.ids.next<UserId>(), ports.ids.next<SessionId>()];
  const at = ports.clock.now();
  await ports.db`insert into users (id, created_at, last_active_at) values (${userId}, ${at}, ${at})`;
  await ports.db`insert into sessions (id, user_id, created_at, last_used_at) values (${sessionId}, ${userId}, ${at}, ${at})`;
  for (const role of roles) await ports.db`insert into staff_roles (user_id, role, granted_at) values (${userId}, ${role}, ${at})`;
  const { accessToken } = await issue(ports, { userId, sessionId, roles });
  return { userId, sessionId, headers: { authorization: `Bearer ${accessToken}` } };
}

/** Keeps what was observed. */
export function keepingObserver(): Observer & {
  readonly lines: Line[];
  readonly bugs: unknown[];
  readonly measured: { readonly of: Readonly<Record<string, string>>; readonly values: Measured }[];
} {
  const lines: Line[] = [];
  const bugs: unknown[] = [];
  const measured: { of: Readonly<Record<string, string>>; values: Measured }[] = [];
  return {
    lines,
    bugs,
    measured,
    line: (_level, line) => void lines.push({ ...line, trace: traceOfLine() }),
    measure: (of, values) => void measured.push({ of, values }),
    bug: (error) => void bugs.push(error),
    flush: async () => {},
  };
}
