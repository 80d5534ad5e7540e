import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { schedules as contract } from "@pendo/contract/schedules";
import { beforeAll, describe, expect, test } from "vitest";
import { evaluate } from "../evaluate/evaluate.ts";
import { root } from "../evaluate/places.ts";
import { type Graph, graphOf, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { at, documentsAt, textAt, textsAt } from "../read.ts";

const plan = "aws:backup/plan:Plan";
const record = "aws:route53/record:Record";
const schedule = "aws:scheduler/schedule:Schedule";
const warm = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig";

/** The same stage, deployed with PENDO_ACTIVE=standby. */
async function failedOver(): Promise<Graph> {
  const config = ".sst/failover/sst.config.ts";
  const text = readFileSync(path.join(root, "sst.config.ts"), "utf8")
    .replace('"./stacks/pendo"', '"../../stacks/pendo"')
    .replace("async run() {", 'async run() {\n    process.env["PENDO_ACTIVE"] = "standby";');
  mkdirSync(path.dirname(path.join(root, config)), { recursive: true });
  writeFileSync(path.join(root, config), text);
  const options = { stage: "production", dev: false, bundle: false, withoutSecrets: [], config };
  return graphOf((await evaluate(options, { say: () => undefined })).graph);
}

describe("after a failover, PENDO_ACTIVE=standby", () => {
  const before = load("production");
  let after: Graph;
  beforeAll(async () => {
    after = await failedOver();
  }, 3_600_000);

  const states = (graph: Graph, prefix: "" | "Standby") =>
    Object.keys(contract).map((name) =>
      textAt(graph.one(schedule, `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}Schedule`).inputs, "state"),
    );
  const all = (state: string) => Object.keys(contract).map(() => state);

  // Each is false before, so that none would hold without the switch.
  const turned: readonly (readonly [says: string, isSo: (graph: Graph) => boolean])[] = [
    [
      "runs the schedules there, and no longer here",
      (graph) => states(graph, "Standby").join() === all("ENABLED").join() && states(graph, "").join() === all("DISABLED").join(),
    ],
    [
      "migrates the standby's database, and not the main one",
      (graph) =>
        graph.find(kinds.lambda, "StandbyMigrationStepFunction") !== undefined &&
        graph.find(kinds.lambda, "MigrationStepFunction") === undefined,
    ],
    [
      "keeps the standby's functions warm, and not the main place's",
      (graph) => graph.all(warm).length > 0 && graph.all(warm).every(({ name }) => name.startsWith("Standby")),
    ],
    ["gives the standby a reader in another zone", (graph) => graph.find(kinds.clusterInstance, "StandbyAuroraReplica0") !== undefined],
    ["gives the standby a search domain", (graph) => graph.find(kinds.search, "StandbyOpenSearchDomain") !== undefined],
    [
      "backs the standby's database up, into the standby's vault, with copies in the main region",
      (graph) => backsUp(graph, "Standby", "eu-west-1"),
    ],
    [
      "measures the age of the standby's backups",
      (graph) => graph.find(kinds.alarm, "StandbyBackupLate") !== undefined && graph.find(kinds.alarm, "BackupLate") === undefined,
    ],
    [
      "asks the standby first",
      (graph) => policyOf(graph, "StandbyApiOrigin") === "PRIMARY" && policyOf(graph, "ApiOrigin") === "SECONDARY",
    ],
  ];
  test.each(turned)("%s", (_, isSo) => {
    expect(isSo(before)).toBe(false);
    expect(isSo(after)).toBe(true);
  });

  test("removes nothing that is protected, so that the deployment goes through", () => {
    const names = new Set(after.resources.map(({ type, name }) => `${type} ${name}`));
    const gone = before.resources.filter(({ type, name }) => !names.has(`${type} ${name}`));
    expect(gone.length).toBeGreaterThan(10);
    expect(gone.filter(({ custom, protect }) => custom && protect === true).map(({ name }) => name)).toEqual([]);
  });

  test("the way back asks for four protected things to be taken out of the state first, as the runbook says", () => {
    const names = new Set(before.resources.map(({ type, name }) => `${type} ${name}`));
    const extra = after.resources
      .filter(({ custom, protect, type, name }) => custom && protect === true && !names.has(`${type} ${name}`))
      .map(({ name }) => name);
    const page = readFileSync(path.join(root, "docs", "runbooks", "dns-failover.md"), "utf8");
    expect(extra.length).toBeGreaterThan(0);
    expect(extra.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test("the runbook warms by hand exactly what the deployment keeps warm", () => {
    const page = readFileSync(path.join(root, "docs", "runbooks", "dns-failover.md"), "utf8");
    const byHand = /for F in ([\w ]+); do/.exec(page)?.[1]?.split(" ") ?? [];
    const deployed = after.all(warm).map(({ name }) => name.replace(/Warm$/, "Function"));
    expect(byHand.toSorted()).toEqual(deployed.toSorted());
  });

  test("the copy of the configuration and the canary go on in the main place, whose inbox and state they need", () => {
    for (const name of ["ConfigBackupRunSchedule", "CanaryRunSchedule"])
      expect(textAt(after.one(schedule, name).inputs, "state")).toBe("ENABLED");
  });
});

function backsUp(graph: Graph, prefix: "" | "Standby", copies: string): boolean {
  const rules = documentsAt(graph.find(plan, `${prefix}DatabaseBackup`)?.inputs, "rules");
  const cluster = graph.one(kinds.cluster, `${prefix}AuroraCluster`).outputs["arn"];
  const chosen = graph.find("aws:backup/selection:Selection", `${prefix}DatabaseBackup`);
  const copied = rules.flatMap((rule) => documentsAt(rule, "copyActions")).map((copy) => textAt(copy, "destinationVaultArn") ?? "");
  return (
    rules.length === 3 &&
    textsAt(chosen?.inputs, "resources")[0] === cluster &&
    copied.length > 0 &&
    copied.every((arn) => arn.includes(`:${copies}:`))
  );
}

function policyOf(graph: Graph, name: string): string | undefined {
  return textAt(at(graph.one(record, name).inputs, "failoverRoutingPolicies"), "0.type");
}
