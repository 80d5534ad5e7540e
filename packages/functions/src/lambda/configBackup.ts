import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import { boundedCalls } from "@pendo/core/ports/awsFailure";
import { isPing, pong, type Pong } from "../middleware/ping.ts";
import { type BackedUp, backUp } from "./config/backup.ts";
import { linkedTo } from "./linkedTo.ts";
import { lambdaObserver } from "./observer.ts";
import { inOwnTrace } from "./ownTrace.ts";
import { linkedResources } from "./resources.ts";

/**
 * Once a day: copies what the stage is configured with into a bucket, as `<stage>/<time>/backup.json` and SST's states beside it. Of secrets only their
 * names, versions and times. `npm run config:restore` writes it back.
 *
 * - link `ConfigBackup` { name }; `App` is SST's own, and always linked
 * - env PENDO_PARAMETER_PATHS: the paths whose parameters are copied, between commas; `/pendo/,/sst/` unless told
 * - IAM: `ssm:DescribeParameters` and `secretsmanager:ListSecrets` on `*` (they know no narrower); `ssm:GetParameters` on the parameters under those
 *   paths; `s3:GetObject` on `app/<app>/<stage>.json` and `secret/<app>/<stage>.json` of SST's state bucket, and `s3:ListBucket` on it (or S3 answers
 *   "forbidden" where a state is missing); `s3:PutObject` on the bucket of backups
 * - metrics of the stage, dimension `schedule` = `configBackup`: `runs`, `failures`, `durationMs`
 * - no VPC; timeout 120 s, memory 512 MB; deployed at once, without an alias. The bucket: versioned, private, kept for as long as backups are
 */
export const handler = async (event: unknown): Promise<Pong | BackedUp> => {
  if (isPing(event)) return pong(process.env["PENDO_RELEASE"] ?? "unreleased");
  return await inOwnTrace(run);
};

async function run(): Promise<BackedUp> {
  const links = linkedTo(process.env);
  const { app, stage } = appOf(links["App"]);
  const observer = lambdaObserver({ write: (line) => process.stdout.write(`${line}\n`), stage: process.env["PENDO_STAGE"] ?? stage });
  const startedMs = performance.now();
  let done: BackedUp | undefined;
  try {
    done = await backUp({
      ssm: new SSMClient({ ...boundedCalls }),
      secrets: new SecretsManagerClient({ ...boundedCalls }),
      s3: new S3Client({ ...boundedCalls }),
      bucket: linkedResources(links).read("ConfigBackup").name,
      app,
      stage,
      at: new Date(),
      parameterPaths: (process.env["PENDO_PARAMETER_PATHS"] ?? "/pendo/,/sst/").split(","),
    });
    return done;
  } finally {
    const durationMs = Math.round(performance.now() - startedMs);
    observer.line(done ? "info" : "error", { kind: "schedule", schedule: "configBackup", durationMs, ...done });
    observer.measure({ schedule: "configBackup" }, { runs: 1, failures: done ? 0 : 1, durationMs });
    await observer.flush();
  }
}

function appOf(link: unknown): { app: string; stage: string } {
  const { name, stage } = (link ?? {}) as { name?: unknown; stage?: unknown };
  if (typeof name !== "string" || typeof stage !== "string")
    throw new Error("This function does not know its app and stage: the link App is missing.");
  return { app: name, stage };
}
