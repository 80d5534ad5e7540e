import { rangesOf } from "@pendo/core/network/address";
import * as z from "zod";
import type { LogLevel } from "./meters.ts";

/** The environment says something that is no setting. The message names the variable. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

export interface Configuration {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly publicUrl?: string;
  readonly logLevel: LogLevel;
  /** Addresses and ranges whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Of the sites whose pages may open a socket, besides its own. */
  readonly origins: readonly string[];
  /** The port of `/metrics`, on loopback; absent where nobody scrapes. */
  readonly metricsPort?: number;
  /** Where bugs are reported; absent where they go to the log alone. */
  readonly sentry?: { readonly dsn: string; readonly environment: string; readonly release: string };
}

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean),
);

const Port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a port number, 0 to 65535")
  .transform(Number)
  .refine((port) => port <= 65_535, "must be a port number, 0 to 65535");

const Environment = z.object({
  PORT: Port.default(4000),
  HOST: z
    .string()
    .regex(/^[^\s/]+$/, "must be an address to listen on")
    .default("127.0.0.1"),
  PENDO_DATA: z.string().regex(/\S/, "must name a directory").default(".pendo"),
  PENDO_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .refine((url) => !/[?#@]/.test(url), "must be an address without a query, a fragment or a user")
    .optional(),
  PENDO_TRUSTED_PROXIES: list.refine(areRanges, "must be addresses or ranges, such as 127.0.0.1,10.0.0.0/8").default([]),
  PENDO_ORIGINS: list.refine(areOrigins, "must be origins, such as https://app.example").default([]),
  PENDO_LOG: z.enum(["off", "errors", "all"], "must be off, errors or all").default("errors"),
  PENDO_METRICS: Port.optional(),
  SENTRY_DSN: z
    .url({ protocol: /^https?$/, error: "must be the http or https address that Sentry names" })
    .or(z.literal(""))
    .optional(),
  PENDO_STAGE: z
    .string()
    .regex(/^[\w-]{1,32}$/, "must be a name of at most 32 letters")
    .default("one-machine"),
  PENDO_RELEASE: z
    .string()
    .regex(/^[\w.-]{1,64}$/, "must be a name of at most 64 letters")
    .default("unreleased"),
});

/** What each setting means, as `npm start -- --help` prints it. */
export const settings: Readonly<Record<keyof typeof Environment.shape, string>> = {
  PORT: "the port of HTTP and WebSocket; 0 takes a free one (4000)",
  HOST: "the address to listen on (127.0.0.1)",
  PENDO_DATA: "the directory of all data (.pendo)",
  PENDO_URL: "the URL at which clients reach Pendo, when a proxy is in front of it",
  PENDO_TRUSTED_PROXIES: "addresses and ranges of the proxies in front, such as 127.0.0.1,10.0.0.0/8",
  PENDO_ORIGINS: "sites whose pages may open a socket, such as https://app.example",
  PENDO_LOG: "off, errors or all: one JSON line for each request, message and schedule (errors)",
  PENDO_METRICS: "the port of /metrics for Prometheus, on 127.0.0.1 only",
  SENTRY_DSN: "where Pendo reports bugs",
  PENDO_STAGE: "the environment that bug reports name (one-machine)",
  PENDO_RELEASE: "the release that bug reports name (unreleased)",
};

/** Reads the settings of the one-machine host. Throws `ConfigurationError` naming each variable that is wrong. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    throw new ConfigurationError(parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; "));
  }
  const { PORT, HOST, PENDO_DATA, PENDO_URL, PENDO_TRUSTED_PROXIES, PENDO_ORIGINS, PENDO_LOG, PENDO_METRICS, SENTRY_DSN } = parsed.data;
  return {
    port: PORT,
    host: HOST,
    dataDir: PENDO_DATA,
    logLevel: PENDO_LOG,
    trustedProxies: PENDO_TRUSTED_PROXIES,
    origins: PENDO_ORIGINS,
    ...(PENDO_METRICS !== undefined && { metricsPort: PENDO_METRICS }),
    ...(SENTRY_DSN && { sentry: { dsn: SENTRY_DSN, environment: parsed.data.PENDO_STAGE, release: parsed.data.PENDO_RELEASE } }),
    ...(PENDO_URL && { publicUrl: PENDO_URL.replace(/\/+$/, "") }),
  };
}

function areRanges(texts: readonly string[]): boolean {
  try {
    rangesOf(texts);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function areOrigins(texts: readonly string[]): boolean {
  return texts.every((text) => /^https?:\/\/[^/?#@]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text);
}
