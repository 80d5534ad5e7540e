import { Fault, reasonsByName } from "../fault.ts";
import { pingDb } from "../ports/db/ping.ts";
import type { Uses } from "../ports/ports.ts";
import { writeHeartbeat } from "./ops.sql.ts";

/** How long a dependency may take to say that it is there. */
export const CHECK_MS_MAX = 2000;

const dependencies = ["db", "cache", "search", "bus", "storage", "connections"] as const;
type Dependency = (typeof dependencies)[number];
// Pendo serves without these: a cache that fails is done without, and PostgreSQL searches in OpenSearch's stead. Nobody may be sent elsewhere for them.
const dispensable: ReadonlySet<Check["name"]> = new Set(["cache", "search"]);

export interface Readiness {
  readonly status: "ready" | "degraded";
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly ms: number }>>;
}

interface Check {
  readonly name: Dependency | "writes";
  readonly problem: string | null;
  readonly ms: number;
}

/** What the check of writes says in a standby place, which reads only until it is promoted: traffic may turn to it. */
const READS_ONLY = "reads only, as a standby does";

/**
 * Asks every dependency at once whether it answers, and the database whether it takes a write: it may answer and have no room left.
 * "degraded" where only such are missing that Pendo can do without.
 * @throws {Fault} `ops.notReady`: a dependency that Pendo needs does not respond; `fields` names it, but never what it said: anyone may ask
 */
export async function readiness(ports: Uses<Dependency>, { msMax = CHECK_MS_MAX }: { msMax?: number } = {}): Promise<Readiness> {
  const asked = dependencies.map((name) => check(ports, { name, msMax, question: () => ping(ports, name) }));
  const checks = await Promise.all([
    ...asked,
    check(ports, { name: "writes", msMax, question: () => writeHeartbeat(ports.db, ports.clock.now()) }),
  ]);
  const problems = checks.flatMap(({ name, problem }) => (problem === null ? [] : [[name, problem] as const]));
  if (problems.some(([name, problem]) => !dispensable.has(name) && problem !== READS_ONLY))
    throw new Fault("ops.notReady", { fields: reasonsByName(problems) });
  return {
    status: problems.length === 0 ? "ready" : "degraded",
    checks: Object.fromEntries(checks.map(({ name, problem, ms }) => [name, { ok: problem === null, ms }])),
  };
}

interface Question {
  readonly name: Check["name"];
  readonly msMax: number;
  readonly question: () => Promise<void>;
}

async function check(ports: Uses<Dependency>, { name, msMax, question }: Question): Promise<Check> {
  const startedMs = ports.clock.now().getTime();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`did not answer within ${msMax} ms`), msMax);
  });
  const answer = question().then(
    () => null,
    (error: unknown) => (error instanceof Error && "code" in error && error.code === "25006" ? READS_ONLY : "failed"),
  );
  const problem = await Promise.race([answer, tooLate]);
  clearTimeout(timer);
  return { name, problem, ms: Math.max(0, ports.clock.now().getTime() - startedMs) };
}

async function ping(ports: Uses<Dependency>, name: Dependency): Promise<void> {
  if (name === "db") await pingDb(ports.db);
  else await ports[name].ping();
}
