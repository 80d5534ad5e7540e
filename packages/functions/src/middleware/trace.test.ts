import type { About, Bus } from "@pendo/core/ports/bus/bus";
import { randomIds } from "@pendo/core/ports/ids/ids";
import { expect, test } from "vitest";
import { traceparentOf, tracedBus } from "./trace.ts";

const valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test("a caller's trace is carried on where it is valid, and replaced by a new one where it is not", () => {
  expect(traceparentOf(valid, randomIds)).toBe(valid);
  const wrong = [
    undefined,
    "",
    valid.toUpperCase(),
    `${valid}\n`,
    `${valid}-x`,
    valid.replace("00-", "ff-"),
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${"0".repeat(16)}-01`,
  ];
  for (const header of wrong) {
    const made = traceparentOf(header, randomIds);
    expect(made).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(made).not.toBe(header);
  }
  expect(traceparentOf(undefined, randomIds)).not.toBe(traceparentOf(undefined, randomIds));
});

test("facts carry the trace of what caused them, and leave only where there are any", async () => {
  const emitted: (About | undefined)[] = [];
  let relayed = 0;
  const bus = {
    emit: async (_tx: unknown, _name: unknown, _data: unknown, about?: About) => emitted.push(about),
    relaySoon: async () => void relayed++,
  } as unknown as Bus;
  const quiet = tracedBus(bus, valid);
  await quiet.settle();
  expect(relayed).toBe(0);
  const traced = tracedBus(bus, valid);
  await traced.bus.emit({} as never, "deck.low", { userId: randomIds.next() });
  await traced.bus.emit({} as never, "deck.low", { userId: randomIds.next() }, { actor: "a" as never });
  await tracedBus(bus, null).bus.emit({} as never, "deck.low", { userId: randomIds.next() });
  await traced.settle();
  expect(emitted).toEqual([{ traceparent: valid }, { traceparent: valid, actor: "a" }, {}]);
  expect(relayed).toBe(1);
});
