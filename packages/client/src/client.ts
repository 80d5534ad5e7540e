import type { RouteSpec } from "@pendo/contract/route";
import type * as nouns from "@pendo/contract/routes/index";
import type * as z from "zod";
import { answerOf, isPassing, pause, reach } from "./answer.ts";
import { type RouteData, routes } from "./contractData.ts";
import { type Session, sessionOf, type Tokens } from "./session.ts";

type Nouns = typeof nouns;
type Call<R> = R extends RouteSpec
  ? Record<string, never> extends z.input<R["input"]>
    ? (input?: z.input<R["input"]>) => Promise<z.output<R["output"]>>
    : (input: z.input<R["input"]>) => Promise<z.output<R["output"]>>
  : never;

/** Every route of the contract as a function: `client.swipes.record({ targetId, action: "like" })`. */
export type Calls = { readonly [N in keyof Nouns]: { readonly [R in keyof Nouns[N]]: Call<Nouns[N][R]> } };

export interface ClientOptions {
  /** Where the API is, without a slash at the end. */
  readonly baseUrl: string;
  /** From an earlier sign-in. */
  readonly tokens?: Tokens;
  /** Called whenever the tokens change, to keep them; null when the session is over. */
  readonly onTokens?: (tokens: Tokens | null) => void;
  /** From an earlier sign-in on this device, also one that is over: strangers can't spend its budget of codes. */
  readonly deviceToken?: string;
  /** Called at each sign-in, to keep the device's token. */
  readonly onDeviceToken?: (deviceToken: string) => void;
  readonly fetch?: typeof globalThis.fetch;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How often a request that may safely be repeated is, after a network failure or a 503. */
  readonly retriesMax?: number;
}

export type Client = Calls & { readonly session: Session };

/**
 * A typed client. It refreshes access tokens by itself, one refresh at a time; repeats what may safely be repeated (reads, PUT, DELETE, and POST
 * with an `Idempotency-Key`, which it adds); and throws `ProblemError` for what the API refuses, `NetworkError` where no answer came.
 */
export function client(options: ClientOptions): Client {
  const session = sessionOf(options);
  const calls: Record<string, Record<string, unknown>> = {};
  for (const [noun, ofNoun] of Object.entries(routes)) {
    const named = Object.entries(ofNoun).map(([name, route]) => [
      name,
      (input: Record<string, unknown> = {}) => callRoute(route, input, options, session),
    ]);
    calls[noun] = Object.fromEntries(named) as Record<string, unknown>;
  }
  const api = calls as unknown as Calls;
  return { ...api, auth: { ...api.auth, ...rememberingDevice(api.auth, options) }, session };
}

/** Sends the device's token with each request for a code, and keeps the one of each sign-in. */
function rememberingDevice(
  { requestOtp, verifyOtp }: Calls["auth"],
  { deviceToken: first, onDeviceToken }: ClientOptions,
): Pick<Calls["auth"], "requestOtp" | "verifyOtp"> {
  let deviceToken = first;
  return {
    requestOtp: (input) => requestOtp({ ...(deviceToken !== undefined && { deviceToken }), ...input }),
    verifyOtp: async (input) => {
      const signedIn = await verifyOtp(input);
      deviceToken = signedIn.deviceToken;
      onDeviceToken?.(deviceToken);
      return signedIn;
    },
  };
}

async function callRoute(route: RouteData, input: Record<string, unknown>, options: ClientOptions, session: Session): Promise<unknown> {
  const request = requestOf(route, input, options.baseUrl);
  if (route.idempotent) request.headers["idempotency-key"] = crypto.randomUUID();
  const repeatable = route.idempotent === true || !/^(POST|PATCH) /.test(route.at);
  const retriesMax = repeatable ? (options.retriesMax ?? 3) : 0;
  for (let attempt = 0; ; attempt++) {
    try {
      if (route.isPublic) return await answerOf(await send(request, options));
      return await session.withToken(async (token) => await answerOf(await send(request, options, token)));
    } catch (error) {
      if (!isPassing(error) || attempt >= retriesMax) throw error;
      await pause(attempt);
    }
  }
}

interface Prepared {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

function requestOf({ at }: RouteData, input: Record<string, unknown>, baseUrl: string): Prepared {
  const [method = "GET", template = "/"] = at.split(" ");
  const rest = { ...input };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  if (method === "GET" || method === "DELETE") {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(rest)) if (value !== undefined) query.set(name, String(value as string | number | boolean));
    return { url: `${baseUrl}${path}${query.size > 0 ? `?${query.toString()}` : ""}`, method, headers: {} };
  }
  return { url: `${baseUrl}${path}`, method, headers: { "content-type": "application/json" }, body: JSON.stringify(rest) };
}

async function send({ url, ...init }: Prepared, { fetch = globalThis.fetch, headers }: ClientOptions, token?: string): Promise<Response> {
  return await reach(() =>
    fetch(url, { ...init, headers: { ...headers, ...init.headers, ...(token && { authorization: `Bearer ${token}` }) } }),
  );
}
