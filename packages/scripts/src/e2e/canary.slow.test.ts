import { setTimeout as wait } from "node:timers/promises";
import { client } from "@pendo/client/client";
import type { Inbox } from "@pendo/functions/lambda/canary/inbox";
import { mainJob } from "@pendo/functions/lambda/canary/mainJob";
import type { Report } from "@pendo/functions/lambda/canary/steps";
import { askConsole } from "@pendo/host/console/askConsole";
import { beforeEach, expect, test } from "vitest";
import { world } from "./world.ts";

const here = world();
const at = new Date("2026-05-01T00:00:00Z");
let reported: { step: string; failed: boolean }[] = [];
beforeEach(() => (reported = []));

/** Reads what the one machine's mail adapter kept, as the canary reads what SES delivered. */
function localInbox(): Inbox {
  const letters = async (address: string): Promise<{ id: string; content: { text: string } }[]> => {
    const answer = await askConsole(here.host, `GET /mail?to=${encodeURIComponent(address)}`);
    return ((await answer.json()) as { items: [] }).items;
  };
  return {
    domain: "in.pendo.example",
    watch: async (address) => {
      const seen = new Set((await letters(address)).map(({ id }) => id));
      return {
        code: async (withinMs) => {
          const deadline = performance.now() + withinMs;
          while (performance.now() < deadline) {
            const fresh = (await letters(address)).toReversed().find(({ id }) => !seen.has(id));
            if (fresh) seen.add(fresh.id);
            const code = /^(\d{6}|\d{10})$/m.exec(fresh?.content.text ?? "")?.[1];
            if (code !== undefined) return code;
            await wait(20);
          }
          throw new Error("No letter with a code arrived.");
        },
      };
    },
  };
}

const run = (about: { at?: Date; inbox?: Inbox; also?: (step: string) => void; callMs?: number; letterMs?: number } = {}) => {
  const { inbox = localInbox(), also, ...times } = about;
  const report: Report = (step, { latencyMs, failed }) => {
    expect(latencyMs).toBeGreaterThan(0);
    reported.push({ step, failed });
    also?.(step);
  };
  return mainJob({ baseUrl: here.host.url, inbox, report, at, ...times });
};
const steps = ["deck", "delivery", "like", "message", "profile", "signIn", "socket"];
const done = () => reported.map(({ step, failed }) => (failed ? `${step} failed` : step)).toSorted();
const count = async (table: string): Promise<number> =>
  (await here.host.db<{ n: number }[]>`select count(*)::int as n from ${here.host.db(table)}`)[0]!.n;

test("the first run makes two people who match, and a message arrives; the second finds them as they are, and another arrives", async () => {
  await run();
  expect(done()).toEqual(steps);
  await here.settled();
  const after = await Promise.all(["users", "profiles", "media", "matches"].map(count));
  expect(after).toEqual([2, 2, 2, 1]);
  expect(await count("messages")).toBe(1);

  reported = [];
  await run();
  expect(done()).toEqual(steps);
  expect(await Promise.all(["users", "profiles", "media", "matches"].map(count))).toEqual(after);
  expect(await count("messages")).toBe(2);
  // Each run leaves as it came.
  const [{ n: open } = { n: -1 }] = await here.host.db<{ n: number }[]>`select count(*)::int as n from sessions where revoked_at is null`;
  expect(open).toBe(0);
  expect(here.log).toEqual([]);
});

test("nobody comes across them: whoever lives elsewhere does not see them", async () => {
  const ann = await here.person({ name: "Ann", wants: { genders: ["nonbinary"], ageMin: 18, ageMax: 99, radiusKm: 500 } });
  const { items } = await ann.client.discovery.listRecommendations({});
  expect(items.filter(({ name }) => name === "Canary")).toEqual([]);
});

test("letters that do not arrive fail the run at signIn, by name", async () => {
  const silent: Inbox = {
    domain: "in.pendo.example",
    watch: async () => ({ code: () => Promise.reject(new Error("No letter with a code arrived within 20 s.")) }),
  };
  await expect(run({ inbox: silent })).rejects.toThrow("The main job fails at signIn: No letter with a code arrived within 20 s.");
  expect(done()).toEqual(["signIn failed"]);
});

test("the letter of an earlier run that comes late is no obstacle", async () => {
  // The earlier runs of this file have filled the mailbox.
  here.host.clock.advance(901_000);
  // Asked for by nobody who waits; its letter comes while the next run looks.
  const inbox = localInbox();
  const late: Inbox = {
    ...inbox,
    watch: async (address) => {
      const watch = await inbox.watch(address);
      await client({ baseUrl: here.host.url }).auth.requestOtp({ email: address });
      await here.settled();
      return watch;
    },
  };
  await run({ inbox: late });
  expect(done()).toEqual(steps);
});

test("a message that is sent and does not arrive fails the run at delivery", async () => {
  const before = await count("messages");
  // Another pair, since this one has asked for as many codes as it may. From the moment the socket is open nobody works on queues any more.
  const stopping: Promise<void>[] = [];
  const failing = run({
    also: (step) => step === "socket" && stopping.push(here.host.worker.stop()),
    at: new Date(at.getTime() + 300_000),
    callMs: 1_500,
  });
  await expect(failing).rejects.toThrow("The main job fails at delivery: it took longer than 1.5 s.");
  await Promise.all(stopping);
  expect(done()).toEqual(["deck", "delivery failed", "like", "message", "profile", "signIn", "socket"]);
  expect(await count("messages")).toBe(before + 1);
});
