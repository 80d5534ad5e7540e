import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import type { EvaluationOptions } from "./options.ts";
import { root } from "./places.ts";

// What whoever deploys may get wrong. The configuration is the real one, and what it says is one line.
const place = path.join(".cache", "infra-bad-input", String(process.pid));
const touched = ["PENDO_REGION", "PENDO_DOMAIN", "PENDO_ACTIVE"] as const;
afterEach(() => {
  rmSync(path.join(root, place), { recursive: true, force: true });
  for (const name of touched) delete process.env[name];
});

async function refusal(options: Partial<EvaluationOptions>): Promise<string> {
  const all = { stage: "staging", dev: false, bundle: false, config: "sst.config.ts", withoutSecrets: [], ...options };
  const ended = await evaluate(all, { say: () => undefined }).then(
    () => "It was evaluated.",
    (error: unknown) => (error as Error).message,
  );
  expect(ended.split("\n")).toHaveLength(1);
  return ended;
}

test.each(["prod", "zoe"])("the stage %s, which is of no kind, is refused by its name", async (stage) => {
  expect(await refusal({ stage })).toMatch(new RegExp(`^Unknown stage "${stage}": deploy production, staging or pr-<number>;`));
});

test("production under `sst dev` is refused: live code would answer its people", async () => {
  expect(await refusal({ stage: "production", dev: true })).toMatch(/^The stage "production" is deployed, never run under `sst dev`/);
});

test("a region where Pendo can't stand is refused, with those where it can", async () => {
  process.env["PENDO_REGION"] = "eu-moon-1";
  expect(await refusal({})).toBe('PENDO_REGION is "eu-moon-1"; Pendo can stand in eu-west-1, eu-central-1, us-east-1, us-west-2.');
});

test("a domain that is none, and an active place that the stage lacks, are refused by the variable's name", async () => {
  process.env["PENDO_DOMAIN"] = "pendo app";
  expect(await refusal({})).toBe('PENDO_DOMAIN is "pendo app", which is no domain name.');
  delete process.env["PENDO_DOMAIN"];
  process.env["PENDO_ACTIVE"] = "standby";
  expect(await refusal({})).toBe('PENDO_ACTIVE is "standby"; the stage staging has only main.');
});

test.each(["MasterSecret", "Vapid"])("a deployment without the secret %s stops, and says how to set it", async (secret) => {
  expect(await refusal({ stage: "pr-42", withoutSecrets: [secret] })).toMatch(
    new RegExp(`^Set a value for ${secret} with \`sst secret set ${secret} <value>`),
  );
});

test("a queue without a consumer is refused, with the file that is missing", async () => {
  const config = path.join(place, "queue.config.ts");
  mkdirSync(path.join(root, place), { recursive: true });
  writeFileSync(
    path.join(root, config),
    `export default $config({
      app: () => ({ name: "pendo", home: "aws" }),
      async run() {
        const { queues } = await import("@pendo/contract/queues");
        Object.assign(queues, { pigeons: queues.email });
        const { pendo } = await import(${JSON.stringify(path.join(root, "stacks/pendo"))});
        return pendo();
      },
    });`,
  );
  expect(await refusal({ config })).toBe('The queue "pigeons" has no consumer: packages/functions/src/queue/pigeons.ts is missing.');
});
