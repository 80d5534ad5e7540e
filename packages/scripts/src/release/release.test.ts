import { expect, test } from "vitest";
import { ArgumentError, type Options, valuesOf } from "../../../../scripts/commandLine.mjs";
import { carryOut, stopRunning } from "./carryOut.ts";
import { type Fleet, type Progress, ReleaseError, type Shift } from "./fleet.ts";
import { releaseCommands, releaseOptions } from "./options.ts";
import { planRelease, planRollback } from "./plan.ts";

interface Fn {
  live: string;
  published: { version: string; release: string }[];
}

/** A stage in memory: what is shifted arrives at the second look, unless it is told to fail. */
function stage(functions: Record<string, Fn>, failing: readonly string[] = []) {
  const deployments = new Map<string, { shift: Shift; looks: number; state: Progress["state"] }>();
  const stopped: string[] = [];
  const fleet: Fleet = {
    functions: async () => Object.keys(functions),
    async versions(name) {
      const { live, published } = functions[name] as Fn;
      const under = [...deployments.values()].find(({ shift, state }) => shift.functionName === name && state === "running");
      return { live, published, ...(under && { shiftingTo: under.shift.to }) };
    },
    async shift(shift) {
      const id = `d-${deployments.size + 1}`;
      deployments.set(id, { shift, looks: 0, state: "running" });
      if (shift.atOnce) arrive(id);
      return id;
    },
    progress: async (ids) =>
      ids.map((deploymentId) => {
        const one = deployments.get(deploymentId);
        if (one?.state === "running" && ++one.looks >= 2) arrive(deploymentId);
        return { deploymentId, state: deployments.get(deploymentId)?.state ?? "failed", reason: "the alarm rang" };
      }),
    async stop(id) {
      stopped.push(id);
      const one = deployments.get(id);
      if (one) one.state = "failed";
    },
    running: async () => [...deployments].filter(([, { state }]) => state === "running").map(([id]) => id),
  };
  function arrive(id: string): void {
    const one = deployments.get(id);
    if (!one) return;
    one.state = failing.includes(one.shift.functionName) && !one.shift.atOnce ? "failed" : "succeeded";
    const fn = functions[one.shift.functionName];
    if (fn && one.state === "succeeded") fn.live = one.shift.to;
  }
  const said: string[] = [];
  const carry = { fleet, say: (line: string) => void said.push(line), wait: async () => {}, pollMs: 1, looksMax: 5 };
  return {
    fleet,
    functions,
    stopped,
    said,
    carry,
    live: () => Object.fromEntries(Object.entries(functions).map(([name, { live }]) => [name, live])),
  };
}

const published = (...releases: string[]) => releases.map((release, index) => ({ version: String(index + 1), release }));

test("a release moves every function whose newest version isn't live, and leaves the others alone", async () => {
  const { fleet, carry, live, said } = stage({
    swipes: { live: "1", published: published("a", "b") },
    sync: { live: "2", published: published("a", "b") },
    admin: { live: "9", published: [...published("a"), { version: "9", release: "b" }, { version: "10", release: "c" }] },
  });
  const shifts = await planRelease(fleet);
  expect(shifts.map(({ functionName }) => functionName)).toEqual(["swipes", "admin"]);
  await carryOut(shifts, carry);
  expect(live()).toEqual({ swipes: "2", sync: "2", admin: "10" });
  expect(said).toEqual(["1/2 swipes 1 → 2", "2/2 admin 9 → 10"]);
});

test("when one function fails, all are as they were before, and the failure is named", async () => {
  const { fleet, carry, live } = stage(
    { auth: { live: "1", published: published("a", "b") }, swipes: { live: "1", published: published("a", "b") } },
    ["swipes"],
  );
  await expect(carryOut(await planRelease(fleet), carry)).rejects.toThrow("swipes 1 → 2 failed: the alarm rang");
  expect(live()).toEqual({ auth: "1", swipes: "1" });
});

test("what does not arrive in time is stopped", async () => {
  const { fleet, carry, stopped } = stage({ swipes: { live: "1", published: published("a", "b") } });
  await expect(carryOut(await planRelease(fleet), { ...carry, looksMax: 1 })).rejects.toThrow("swipes did not arrive in time");
  expect(stopped).toEqual(["d-1"]);
});

test("a release does not begin while another is under way; a rollback stops it first", async () => {
  const { fleet, carry, stopped } = stage({ swipes: { live: "1", published: published("a", "b") } });
  await fleet.shift({ functionName: "swipes", from: "1", to: "2", atOnce: false });
  await expect(planRelease(fleet)).rejects.toThrow("swipes is being shifted to version 2");
  await stopRunning(carry);
  expect(stopped).toEqual(["d-1"]);
  expect(await planRelease(fleet)).toHaveLength(1);
});

test("a rollback goes to the versions before the live ones, all at once", async () => {
  const { fleet, carry, live } = stage({
    swipes: { live: "3", published: published("a", "b", "c") },
    added: { live: "1", published: published("c") },
  });
  const shifts = await planRollback(fleet);
  expect(shifts).toEqual([{ functionName: "swipes", from: "3", to: "2", atOnce: true }]);
  await carryOut(shifts, carry);
  expect(live()).toEqual({ swipes: "2", added: "1" });
});

test("a rollback goes to a release that is named, and refuses one that nobody has", async () => {
  const { fleet } = stage({ swipes: { live: "3", published: published("a", "b", "c") } });
  expect(await planRollback(fleet, "a")).toEqual([{ functionName: "swipes", from: "3", to: "1", atOnce: true }]);
  await expect(planRollback(fleet, "z")).rejects.toThrow(ReleaseError);
});

test("a stage that was never deployed is refused by a readable line", async () => {
  await expect(planRelease(stage({}).fleet)).rejects.toThrow("The stage has no function that is shifted; was it deployed?");
});

const optionsOf = (args: readonly string[], command: "release" | "rollback") =>
  releaseOptions(valuesOf<Options>(releaseCommands[command].options, args) as Parameters<typeof releaseOptions>[0]);

test("options are checked by name; production has a second place", () => {
  expect(optionsOf(["--stage", "production"], "release").places.map(({ application }) => application)).toEqual([
    "pendo-production",
    "pendo-production-standby",
  ]);
  expect(optionsOf(["--stage", "staging", "--to", "b"], "rollback").to).toBe("b");
  expect(() => optionsOf(["--stage", "pr-1"], "release")).toThrow(/^--stage must be/);
  expect(() => optionsOf(["--stage", "staging", "--region", "moon"], "release")).toThrow(ArgumentError);
  expect(() => optionsOf(["--stage", "staging", "--to", "b"], "release")).toThrow(ArgumentError);
});
