import { setTimeout as wait } from "node:timers/promises";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { commandLine } from "../../../../scripts/commandLine.mjs";
import { awsFleet } from "./aws.ts";
import { type CarryOut, carryOut, stopRunning } from "./carryOut.ts";
import { type Fleet, ReleaseError, type Shift } from "./fleet.ts";
import { keptMapsOf } from "../sourceMaps/keep.ts";
import { sentryOf, uploadSourceMaps } from "../sourceMaps/upload.ts";
import { releaseCommands, releaseOptions, type ReleaseOptions } from "./options.ts";

const POLL_MS = 10_000;
const LOOKS_MAX = 90;

/** The commands `release` and `rollback`: place by place, the main one first, one line for each function that moved. */
export async function runRelease(command: "release" | "rollback", plan: (fleet: Fleet, options: ReleaseOptions) => Promise<Shift[]>) {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const options = commandLine(releaseCommands[command], releaseOptions);
  try {
    if (command === "release") say(await uploadSourceMaps(keptMapsOf(".sst", options.stage), sentryOf(process.env)));
    for (const { region, application } of options.places) {
      const fleet = awsFleet({ codeDeploy: new CodeDeployClient({ region }), lambda: new LambdaClient({ region }), application });
      const carry: CarryOut = { fleet, say, wait, pollMs: POLL_MS, looksMax: LOOKS_MAX };
      if (command === "rollback") await stopRunning(carry);
      const shifts = await plan(fleet, options);
      say(
        shifts.length === 0
          ? `${application} in ${region}: nothing to move.`
          : `${application} in ${region}: ${shifts.length} functions move.`,
      );
      await carryOut(shifts, carry);
    }
  } catch (error) {
    const { name, message } = error as Error;
    process.stderr.write(`${error instanceof ReleaseError ? message : `${name}: ${message.split("\n")[0] ?? ""}`}\n`);
    process.exitCode = 1;
  }
}
