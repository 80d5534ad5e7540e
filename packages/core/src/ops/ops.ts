import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";

/** How long a dependency may take to say that it is there. */
export const CHECK_MS_MAX = 2000;

const dependencies = ["db", "cache", "search", "bus", "storage", "connections"] as const;
type Dependency = (typeof dependencies)[number];

interface Check {
  readonly name: Dependency;
  readonly problem: string | null;
  readonly ms: number;
}

/**
 * Asks every dependency at once whether it answers.
 * @throws {Fault} `ops.notReady`, naming those that don't; never what they said, since anybody may ask.
 */
export async function readiness(
  ports: Uses<Dependency>,
  { msMax = CHECK_MS_MAX }: { msMax?: number } = {},
): Promise<{ status: "ready"; checks: Record<string, { ok: true; ms: number }> }> {
  const checks = await Promise.all(dependencies.map((name) => check(ports, name, msMax)));
  const problems = checks.flatMap(({ name, problem }) => (problem === null ? [] : [[name, problem] as const]));
  if (problems.length > 0) throw new Fault("ops.notReady", { fields: Object.fromEntries(problems) });
  return { status: "ready", checks: Object.fromEntries(checks.map(({ name, ms }) => [name, { ok: true, ms }])) };
}

async function check(ports: Uses<Dependency>, name: Dependency, msMax: number): Promise<Check> {
  const startedMs = ports.clock.now().getTime();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`did not answer within ${msMax} ms`), msMax);
  });
  const answer = ask(ports, name).then(
    () => null,
    () => "failed",
  );
  const problem = await Promise.race([answer, tooLate]);
  clearTimeout(timer);
  return { name, problem, ms: Math.max(0, ports.clock.now().getTime() - startedMs) };
}

async function ask(ports: Uses<Dependency>, name: Dependency): Promise<void> {
  if (name === "db") await ports.db`select 1`;
  else await ports[name].ping();
}
