import { startUpstashBridge, type UpstashBridge } from "@pendo/local/cache/upstashBridge";
import { readBridgeConfiguration } from "./redisBridgeConfiguration.ts";

// The sidecar that puts Upstash's protocol before a Redis of one's own, so that the same adapter serves in a cluster.
try {
  const bridge = await startUpstashBridge(readBridgeConfiguration(process.env));
  process.stdout.write(`The Redis bridge listens on ${bridge.url}\n`);
  endOnSignal(bridge);
} catch (error) {
  process.stderr.write(`The Redis bridge could not start: ${(error as Error).message}\n`);
  process.exit(1);
}

function endOnSignal(bridge: UpstashBridge): void {
  let asked = false;
  // Answers what was asked before, and takes nothing new.
  const end = (): void => {
    if (asked) process.exit(130);
    asked = true;
    bridge.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
}
