import { S3Client } from "@aws-sdk/client-s3";
import { boundedCalls } from "@pendo/core/ports/awsFailure";
import { isPing, pong, type Pong } from "../middleware/ping.ts";
import { mainJob } from "./canary/mainJob.ts";
import { s3Inbox } from "./canary/s3Inbox.ts";
import { CanaryError, type Report } from "./canary/steps.ts";
import { linkedTo } from "./linkedTo.ts";
import { lambdaObserver } from "./observer.ts";
import { inOwnTrace } from "./ownTrace.ts";
import { linkedResources } from "./resources.ts";

/**
 * The main job, done from the outside every five minutes: two of the canary's people sign in by a code from a real letter, look at decks, have matched,
 * and a message of one reaches the other's socket. A run that fails throws, naming the step; the first run of each pair makes its profiles.
 *
 * - metrics of the stage (namespace `Pendo/<stage>`), dimension `canary`: each step by its name, and `mainJob` for the whole: `runs`, `failures`, `latencyMs`
 * - links: `Addresses` (the public address, through the edge), `Inbox` { name, domain }: the bucket into which an SES receipt rule puts all letters
 *   to the domain
 * - IAM: `s3:ListBucket` on the bucket, `s3:GetObject` and `s3:DeleteObject` on its objects; the bucket should forget objects after a day
 * - no VPC; schedule: every 5 minutes, without retries; timeout 150 s (a run takes a few seconds, a pair's first one may wait a minute for verdicts),
 *   memory 512 MB; deployed at once, without an alias
 * - a firewall has to let its `user-agent: Pendo-Canary/1` pass where it stops programs
 */
export const handler = async (event: unknown): Promise<Pong | void> => {
  if (isPing(event)) return pong(process.env["PENDO_RELEASE"] ?? "unreleased");
  await inOwnTrace(run);
};

async function run(): Promise<void> {
  const linked = linkedResources(linkedTo(process.env));
  const { name: bucket, domain } = linked.read("Inbox");
  const stage = process.env["PENDO_STAGE"];
  const observer = lambdaObserver({ write: (line) => process.stdout.write(`${line}\n`), ...(stage && { stage }) });
  const measure = (canary: string, { latencyMs, failed }: Parameters<Report>[1]): void =>
    observer.measure({ canary }, { runs: 1, failures: failed ? 1 : 0, latencyMs });
  const startedMs = performance.now();
  let failedAt: string | null = null;
  try {
    await mainJob({
      baseUrl: linked.read("Addresses").publicUrl.replace(/\/+$/, ""),
      inbox: s3Inbox({ client: new S3Client({ ...boundedCalls }), bucket, domain }),
      report: measure,
      at: new Date(),
    });
  } catch (error) {
    failedAt = error instanceof CanaryError ? error.step : "start";
    throw error;
  } finally {
    const latencyMs = performance.now() - startedMs;
    measure("mainJob", { latencyMs, failed: failedAt !== null });
    observer.line(failedAt === null ? "info" : "error", { kind: "canary", failedAt, latencyMs: Math.round(latencyMs) });
    await observer.flush();
  }
}
