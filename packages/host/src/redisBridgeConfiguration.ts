import { wholeNumberText } from "@pendo/contract/number";
import type { UpstashBridgeOptions } from "@pendo/local/cache/upstashBridge";
import * as z from "zod";
import { ConfigurationError } from "./configuration.ts";

const Environment = z.object({
  REDIS_URL: z.url({ protocol: /^(redis|unix)$/, error: "must be redis://[:password@]host[:port], or unix:///path/of/its/socket" }),
  BRIDGE_TOKEN: z.string("must be set: callers send it as their bearer token").min(16, "must have at least 16 characters"),
  BRIDGE_PORT: wholeNumberText(0, 65_535, "must be a port number").default(8079),
  BRIDGE_HOST: z.string().min(1).default("127.0.0.1"),
  REDIS_TIMEOUT_MS: wholeNumberText(10, 60_000, "must be a number of milliseconds").default(2_000),
});

/** Reads the bridge's settings. Throws `ConfigurationError` naming each variable that is wrong, and quoting none. */
export function readBridgeConfiguration(environment: NodeJS.ProcessEnv): UpstashBridgeOptions {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success)
    throw new ConfigurationError(parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; "));
  const { REDIS_URL, BRIDGE_TOKEN: token, BRIDGE_PORT: port, BRIDGE_HOST: host, REDIS_TIMEOUT_MS: timeoutMs } = parsed.data;
  const { protocol, hostname, port: redisPort, pathname, password } = new URL(REDIS_URL);
  const at =
    protocol === "unix:"
      ? { path: decodeURIComponent(pathname) }
      : { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(redisPort || 6379) };
  return { token, port, host, redis: { at, timeoutMs, ...(password && { password: decodeURIComponent(password) }) } };
}
