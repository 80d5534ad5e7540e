import type { UserId } from "@pendo/contract/ids";
import type { About, Bus } from "@pendo/core/ports/bus/bus";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import { expect, test } from "vitest";
import { currentTrace, inTrace, joinTrace, traceOfLine, tracedBus } from "./trace.ts";

const id = "0af7651916cd43dd8448eb211c80319c";
const valid = `00-${id}-b7ad6b7169203331-01`;

test("a caller's trace is joined under a new span where it is valid, and a new one begins where it is not", () => {
  const joined = joinTrace({ ids }, valid);
  const wrong = [
    undefined,
    null,
    "",
    valid.toUpperCase(),
    `${valid}\n`,
    `${valid}-x`,
    valid.replace("00-", "ff-"),
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    `00-${id}-${"0".repeat(16)}-01`,
  ];

  expect(joined.id).toBe(id);
  expect(joined.traceparent).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-01$`));
  expect(joined.traceparent).not.toBe(valid);
  for (const header of wrong) {
    const begun = joinTrace({ ids }, header);
    expect(begun.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(begun.id).not.toBe(id);
  }
  expect(joinTrace({ ids }).id).not.toBe(joinTrace({ ids }).id);
});

test("without a caller's trace that of X-Ray is joined; only X-Ray says what is sampled", () => {
  const xray = (sampled: 0 | 1) => () => `Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=${sampled}`;

  expect(joinTrace({ ids, xray: xray(1) }).traceparent).toMatch(/^00-67891233abcdef012345678912345678-[0-9a-f]{16}-01$/);
  expect(joinTrace({ ids, xray: xray(0) }, valid).traceparent).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-00$`));
  expect(joinTrace({ ids, xray: () => "Root=broken" }).id).toMatch(/^[0-9a-f]{32}$/);
});

test("the trace of an invocation is that of all its lines, whatever it awaits, and of no other's", async () => {
  const [one, other] = [joinTrace({ ids }), joinTrace({ ids })];
  const lines = async (): Promise<string[]> => {
    const before = traceOfLine();
    await new Promise((resolve) => setTimeout(resolve, 1));
    return [before, traceOfLine()];
  };

  const [ofOne, ofOther] = await Promise.all([inTrace(one, lines), inTrace(other, lines)]);

  expect(ofOne).toEqual([one.id, one.id]);
  expect(ofOther).toEqual([other.id, other.id]);
  expect(currentTrace()).toBeNull();
  expect(traceOfLine()).toMatch(/^[0-9a-f]{32}$/);
});

test("events carry the trace of what caused them, and leave only where there are any", async () => {
  const emitted: (About | undefined)[] = [];
  let relayed = 0;
  const bus = {
    emit: async (_tx: unknown, _name: unknown, _data: unknown, about?: About) => emitted.push(about),
    emitAll: async (_tx: unknown, events: readonly About[]) => emitted.push(...events),
    relaySoon: async () => void relayed++,
  } as unknown as Bus;
  const quiet = tracedBus(bus, valid);
  const traced = tracedBus(bus, valid);

  await quiet.bus.emitAll({} as never, []);
  await quiet.settle();
  expect(relayed).toBe(0);
  await traced.bus.emit({} as never, "deck.low", { userId: ids.next() });
  await traced.bus.emit({} as never, "deck.low", { userId: ids.next() }, { actor: "a" as never });
  await traced.settle();
  const [userId, several] = [ids.next<UserId>(), tracedBus(bus, valid)];
  await several.bus.emitAll({} as never, [{ name: "deck.low", data: { userId } }]);
  await several.settle();

  expect(emitted).toEqual([
    { traceparent: valid },
    { traceparent: valid, actor: "a" },
    { traceparent: valid, name: "deck.low", data: { userId } },
  ]);
  expect(relayed).toBe(2);
});
