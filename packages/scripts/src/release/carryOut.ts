import { type Fleet, ReleaseError, type Shift } from "./fleet.ts";

export interface CarryOut {
  readonly fleet: Fleet;
  readonly say: (line: string) => void;
  readonly wait: (ms: number) => Promise<void>;
  /** Between two looks. */
  readonly pollMs: number;
  /** When patience ends: a canary of five minutes, and what surrounds it. */
  readonly looksMax: number;
}

/**
 * Shifts every function, all of them at the same time, and waits until each has arrived. When one fails, those under way are taken back, and so are
 * those that had arrived: a stage is never left between two releases. Throws `ReleaseError` that names what failed and why.
 */
export async function carryOut(shifts: readonly Shift[], options: CarryOut): Promise<void> {
  const { fleet, say, wait, pollMs, looksMax } = options;
  const under = new Map<string, Shift>();
  const arrived: Shift[] = [];
  try {
    for (const shift of shifts) under.set(await fleet.shift(shift), shift);
    for (let look = 0; under.size > 0; look++) {
      if (look >= looksMax) throw new ReleaseError(`${namesOf([...under.values()])} did not arrive in time.`);
      await wait(pollMs);
      for (const { deploymentId, state, reason } of await fleet.progress([...under.keys()])) {
        const shift = under.get(deploymentId);
        if (!shift || state === "running") continue;
        under.delete(deploymentId);
        if (state === "failed") throw new ReleaseError(`${shift.functionName} ${shift.from} → ${shift.to} failed: ${reason}`);
        arrived.push(shift);
        say(`${arrived.length}/${shifts.length} ${shift.functionName} ${shift.from} → ${shift.to}`);
      }
    }
  } catch (error) {
    await takeBack([...under.keys()], arrived, options);
    throw error;
  }
}

/** Stops what is under way, and waits until its traffic is back. Throws `ReleaseError` where that takes too long. */
export async function stopRunning({ fleet, say, wait, pollMs, looksMax }: CarryOut): Promise<void> {
  const running = await fleet.running();
  for (const deploymentId of running) await fleet.stop(deploymentId);
  if (running.length > 0) say(`Stopped ${running.length} that were under way.`);
  for (let look = 0; (await fleet.running()).length > 0; look++) {
    if (look >= looksMax) throw new ReleaseError("What was under way does not stop; look at it in CodeDeploy.");
    await wait(pollMs);
  }
}

async function takeBack(under: readonly string[], arrived: readonly Shift[], { fleet, say }: CarryOut): Promise<void> {
  for (const deploymentId of under) await fleet.stop(deploymentId);
  if (under.length > 0) say(`Stopped ${under.length} that were under way.`);
  for (const { functionName, from, to } of arrived) await fleet.shift({ functionName, from: to, to: from, atOnce: true });
  if (arrived.length > 0) say(`Took back ${namesOf(arrived)}.`);
}

function namesOf(shifts: readonly Shift[]): string {
  return shifts.map(({ functionName }) => functionName).join(", ");
}
