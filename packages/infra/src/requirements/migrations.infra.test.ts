import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { root } from "../evaluate/places.ts";
import { listAt, numberAt, textAt, textsAt } from "../read.ts";
import { sharedExample } from "../shared.ts";
import { promised, type Promised, unless } from "./promised.ts";

const invocation = "aws:lambda/invocation:Invocation";
const permanent = ["production", "staging"] as const;

const steps = (graph: Graph) => graph.all(invocation).filter(({ name }) => name.endsWith("Migrations"));
const databaseLinked = (graph: Graph) => graph.functions.filter(({ links }) => links["Database"]);

const migrations: readonly Promised[] = [
  {
    says: "whatever is linked to the database waits until it is migrated",
    in: ["production", "staging", "pr-42"],
    wrong: (graph) => {
      const link = graph.one("sst:sst:LinkRef", "DatabaseLinkRef");
      const step = graph.functions.findIndex(({ functionID }) => functionID === "MigrationStep");
      const first = graph.functions.findIndex(({ links }) => links["Database"]);
      return [
        // What the link says was computed from the step's answer.
        ...unless(link.dependsOn.includes(graph.find(invocation, "Migrations")?.urn ?? ""), "the link"),
        ...unless(step >= 0 && step < first, "the order in which functions were asked for"),
        ...unless(databaseLinked(graph).length > 20, "hardly a function is linked to the database"),
      ];
    },
    broken: (draft) => draft.without(invocation, "Migrations"),
  },
  {
    says: "the step runs again whenever a migration is added, and is never replaced, since what is replaced is deleted first",
    in: ["production", "staging", "pr-42"],
    wrong: (graph) => {
      const { inputs } = graph.one(invocation, "Migrations");
      return [
        ...unless(textAt(inputs, "lifecycleScope") === "CRUD", "lifecycleScope"),
        ...unless(inputs["triggers"] === undefined, "triggers replace it"),
        ...unless(textAt(inputs, "input.migrations") === hashOfMigrations(), "the hash"),
      ];
    },
    broken: (draft) => draft.with(invocation, "Migrations", "triggers", { hash: "1" }),
  },
  {
    says: "the step speaks to the writer and not to the proxy, once it answers, and brings the migrations along",
    in: permanent,
    wrong: (graph) => {
      const build = graph.functions.find(({ functionID }) => functionID === "MigrationStep");
      const host = textAt(build?.links["MigrationDatabase"], "host") ?? "";
      return [
        ...unless(host !== "" && !host.includes(".proxy-"), host),
        ...unless(
          graph.one(invocation, "Migrations").dependsOn.includes(graph.one(kinds.clusterInstance, "AuroraInstance").urn),
          "it does not wait",
        ),
        ...unless(textsAt({ to: listAt(build, "copyFiles").map((file) => textAt(file, "to")) }, "to").includes("migrations"), "copyFiles"),
        ...unless(
          textAt(graph.one(kinds.lambda, "MigrationStepFunction").inputs, "environment.variables.PENDO_LINK_PREFIX") === "Migration",
          "its link's prefix",
        ),
      ];
    },
    broken: (draft) => draft.with(kinds.lambda, "MigrationStepFunction", "environment.variables.PENDO_LINK_PREFIX", ""),
  },
  {
    says: "no permanent stage's database is ever dropped by the step, and a copy is never migrated",
    in: permanent,
    wrong: (graph) => [
      ...unless(steps(graph).length === 1, "more than one step"),
      ...steps(graph).flatMap(({ inputs }) =>
        unless(listAt(inputs, "input.ephemeral").length === 0 && listAt(inputs, "input.database").length === 0, "it may drop"),
      ),
    ],
    broken: (draft) => draft.with(invocation, "Migrations", "input.ephemeral", true),
  },
];

const elsewhere: readonly Promised[] = [
  {
    says: "a preview has a database of its own in staging's cluster, made and dropped with it",
    in: ["pr-42"],
    wrong: (graph) => {
      const [step] = steps(graph);
      return [
        ...graph.resources.filter(({ type }) => type.startsWith("aws:rds/")).map(({ name }) => name),
        ...unless(textAt(step?.inputs, "input.database") === "pr_42" && listAt(step?.inputs, "input.ephemeral")[0] === true, "the step"),
        ...databaseLinked(graph)
          .filter(
            ({ links }) =>
              textAt(links["Database"], "database") !== "pr_42" || textAt(links["Database"], "host") !== sharedExample.databaseHost,
          )
          .map(({ functionID }) => functionID),
      ];
    },
    broken: (draft) => draft.with(invocation, "Migrations", "input.database", "pendo"),
  },
  {
    says: "a personal stage's database and cache are on the developer's machine, where `sst dev` starts them",
    in: ["local.dev"],
    wrong: (graph) => {
      const command = graph.one("sst:sst:DevCommand", "LocalStores");
      const said = (name: string) => textAt(command.outputs, `_dev.environment.${name}`);
      const [database, cache] = ["Database", "Cache"].map((name) => graph.functions.find(({ links }) => links[name])?.links[name]);
      return [
        ...graph.resources.filter(({ type }) => /^(aws:rds|upstash:|aws:opensearch)/.test(type)).map(({ name }) => name),
        ...steps(graph).map(({ name }) => name),
        ...unless(
          textAt(database, "host") === "127.0.0.1" && String(numberAt(database, "port")) === said("PENDO_DEV_DATABASE_PORT"),
          "the database's address",
        ),
        ...unless(
          textAt(database, "username") === said("PENDO_DEV_DATABASE_USER") && textAt(database, "database") === said("PENDO_DEV_DATABASE"),
          "its names",
        ),
        ...unless(textAt(database, "password") === said("PENDO_DEV_DATABASE_PASSWORD"), "its password"),
        ...unless(
          textAt(cache, "url") === `http://127.0.0.1:${said("PENDO_DEV_CACHE_PORT")}` &&
            textAt(cache, "token") === said("PENDO_DEV_CACHE_TOKEN"),
          "the cache",
        ),
      ];
    },
    broken: (draft) => draft.adding(kinds.cluster, "Planted", {}),
  },
];

/** What the stack computes, computed again. */
function hashOfMigrations(): string {
  const dir = path.join(root, "packages/core/migrations");
  const hash = createHash("sha256");
  for (const file of readdirSync(dir).toSorted())
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(dir, file)))
      .update("\0");
  return hash.digest("hex");
}

promised("migrations", migrations);
promised("databases elsewhere", elsewhere);
