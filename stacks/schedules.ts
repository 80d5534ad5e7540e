import { type ScheduleName, schedules as contract, type ScheduleSpec } from "@pendo/contract/schedules";
import { entryOf } from "@pendo/functions/lambda/entries";
import { type FunctionContext, type LiveFunction, liveFunction } from "./functions";
import { componentOf } from "@pendo/operations/components";

/** Every schedule of the contract. In a region that stands by they are laid out and switched off: its database can't be written. */
export function schedules(context: FunctionContext): Readonly<Record<ScheduleName, LiveFunction>> {
  const deadLetters = new sst.aws.Queue(`${context.place.prefix}ScheduleDeadLetters`, {}, context.place.opts);
  context.deadLetters.push({ label: "schedules", queue: deadLetters });
  const all = Object.entries<ScheduleSpec>(contract).map(([name, spec]) => {
    const live = liveFunction(context, {
      name: `${componentOf(name)}Job`,
      description: `Runs every ${spec.everySec} s: ${name}`,
      handler: entryOf("schedule", name).handler,
      needs: spec.needs,
      timeoutSec: spec.timeoutSec,
      memoryMb: spec.memoryMb,
      shift: "blueGreen",
    });
    schedule(context, name, { live, everySec: spec.everySec, deadLetters });
    return [name, live] as const;
  });
  return Object.fromEntries(all) as Readonly<Record<ScheduleName, LiveFunction>>;
}

export interface Timing {
  readonly live: LiveFunction;
  readonly everySec: number;
  readonly deadLetters: sst.aws.Queue;
  /** Runs in a place that isn't active as well: it asks nothing of the database there. */
  readonly always?: boolean;
}

/** Calls a function again and again. What fails is tried twice more, and then kept. */
export function schedule({ place }: FunctionContext, name: string, { live, everySec, deadLetters, always = false }: Timing): void {
  if (everySec % 60 !== 0) throw new Error(`The schedule "${name}" runs every ${everySec} s; EventBridge counts whole minutes.`);
  const minutes = everySec / 60;
  new sst.aws.CronV2(
    `${place.prefix}${componentOf(name)}`,
    {
      schedule: `rate(${minutes} minute${minutes === 1 ? "" : "s"})`,
      function: live.alias ? live.target : live.fn.arn,
      retries: 2,
      dlq: deadLetters.arn,
      enabled: place.active || always,
    },
    place.opts,
  );
}
