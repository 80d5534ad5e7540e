import { expect, test } from "vitest";
import { type Turn, turns } from "./turns.ts";

/** Takes turns that end when the test says so; `order` is in which order they began. */
function scene() {
  const order: string[] = [];
  const ends = new Map<string, () => void>();
  const lanes = turns({ quick: "quick", any: "any" });
  return {
    order,
    ask: (name: string, turn: Turn) =>
      lanes.take(turn, async (lane) => {
        order.push(`${name} ${lane}`);
        await new Promise<void>((resolve) => ends.set(name, resolve));
      }),
    end: async (name: string) => {
      await new Promise((resolve) => setImmediate(resolve));
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const LARGE = 300_000_000;

test("an ordinary picture begins at once, however many large ones wait", async () => {
  const { ask, order, end } = scene();
  for (let n = 0; n < 20; n++) void ask(`large${n}`, { of: `hostile${n}`, cost: LARGE });
  void ask("small", { of: "honest", cost: 6 });
  await end("nothing");
  expect(order).toEqual(["large0 any", "small quick"]);
});

test("of those that wait for the quick lane the one of least work is next; the other lane takes whichever came first", async () => {
  const { ask, order, end } = scene();
  void ask("first", { of: "a", cost: 5 });
  void ask("second", { of: "b", cost: 5 });
  for (const [name, cost] of [
    ["heavy", 9],
    ["light", 1],
    ["middle", 4],
  ] as const)
    void ask(name, { of: name, cost });
  await end("first");
  await end("second");
  expect(order).toEqual(["first quick", "second any", "light quick", "heavy any"]);
});

test("of one user one picture is decoded at a time", async () => {
  const { ask, order, end } = scene();
  void ask("mine", { of: "me", cost: 1 });
  void ask("mine too", { of: "me", cost: 1 });
  void ask("yours", { of: "you", cost: 2 });
  await end("nothing");
  expect(order).toEqual(["mine quick", "yours any"]);
  await end("mine");
  expect(order.at(-1)).toBe("mine too quick");
});

test("a picture that fails gives its turn to the next", async () => {
  const lanes = turns({ quick: 1, any: 2 });
  const failing = () => lanes.take({ of: "me", cost: 1 }, async () => Promise.reject(new Error("damaged")));
  await expect(failing()).rejects.toThrow("damaged");
  await expect(lanes.take({ of: "me", cost: 1 }, async () => "done")).resolves.toBe("done");
});
