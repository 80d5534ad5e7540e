import { closedLoop } from "./load.ts";
import type { Scenario } from "./scenarios.ts";
import type { HostProcess } from "./servers.ts";

const STEPS = 10;

/** Of forty requests so many are of each kind: most of what clients do is ask whether something is new. */
const shares: Readonly<Record<string, number>> = { swipe: 1, "deck read": 1, "message send": 1, "idle sync": 37 };

/** Sends many requests of all kinds, and looks at the host's resident memory after each tenth of them. */
export async function runMillion(options: {
  host: HostProcess;
  /** Made anew for each tenth, since access tokens end after ten minutes. */
  scenarios: () => Promise<readonly Scenario[]>;
  requests: number;
  connections: number;
  say: (line: string) => void;
}): Promise<void> {
  const { host, scenarios, requests, connections, say } = options;
  let sent = 0;
  const failed: Record<string, number> = {};
  const megabytes: number[] = [(await host.usage()).residentBytes / 2 ** 20];
  say(`memory: ${megabytes[0]?.toFixed(0)} MB before`);
  for (let step = 1; step <= STEPS; step++) {
    const until = (requests * step) / STEPS;
    const nexts = (await scenarios()).flatMap((scenario) => {
      const next = scenario.next(false);
      return Array.from({ length: shares[scenario.name] ?? 1 }, () => next);
    });
    const next = () => (nexts[sent++ % nexts.length] as () => ReturnType<(typeof nexts)[number]>)();
    while (sent < until) {
      const { failures } = await closedLoop({ port: host.port, connections, seconds: 5, next });
      for (const [status, count] of Object.entries(failures)) failed[status] = (failed[status] ?? 0) + count;
    }
    megabytes.push((await host.usage()).residentBytes / 2 ** 20);
    say(`memory: ${megabytes.at(-1)?.toFixed(0)} MB after ${sent} requests; failures: ${JSON.stringify(failed)}`);
  }
}
