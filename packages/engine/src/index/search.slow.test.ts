import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import { compileKernel } from "../../kernel/compile.ts";
import { readFileSync } from "node:fs";
import type { Kernel } from "./plainKernel.ts";
import type { SnappedPosition } from "./population.ts";
import { seeded } from "../random.ts";
import { randomPerson, randomTraits, TODAY, userIdOf } from "./random.fixture.ts";
import { tidy } from "./tidy.ts";
import { NOW_MS, Trio } from "./trio.fixture.ts";
import { webAssembly } from "./webAssembly.ts";

const centres: readonly SnappedPosition[] = [
  { lat: 48.1, lon: 11.5 },
  { lat: 0, lon: 180 },
  { lat: 89.9, lon: 30 },
  { lat: -89.8, lon: -100 },
  { lat: 48.3, lon: 11.6 },
];

/** Something that happens to somebody, drawn by chance. */
function happen(trio: Trio, people: number, step: number, random: () => number): void {
  const number = Math.floor(random() * people);
  const userId = userIdOf(number);
  const other = userIdOf(Math.floor(random() * people));
  const centre = centres[Math.floor(random() * centres.length)] ?? { lat: 0, lon: 0 };
  const dice = random();
  if (dice < 0.2 || !trio.model.members.has(userId)) trio.put(randomPerson(number, centre, random), randomTraits(random));
  else if (dice < 0.5) trio.move(userId, randomPerson(number, centre, random).home);
  else if (dice < 0.6) trio.setTraits(userId, randomTraits(random));
  else if (dice < 0.65) trio.remove(userId);
  else if (dice < 0.92) trio.answer(userId, other, random() < 0.5 ? "liked" : random() < 0.8 ? "passed" : null, NOW_MS + step);
  else trio.block(userId, other, random() < 0.7, NOW_MS + step);
}

test("after 200k random updates, eligibility and the first fifty are those of a look at everybody, with both kernels", () => {
  const [trio, random, people] = [new Trio(), seeded(7), 3000];
  let found = 0;
  for (let step = 0; step < 200_000; step++) {
    happen(trio, people, step, random);
    if (step % 25_000 === 12_500) trio.settle(NOW_MS + step);
    if (step % 50_000 === 37_500) tidy(trio.index);
    if (step % 25_000 !== 24_999) continue;
    for (let k = 0; k < 8; k++) {
      const viewer = userIdOf(Math.floor(random() * people));
      if (trio.model.members.has(viewer)) found += trio.agree(viewer);
    }
  }
  expect(found).toBeGreaterThan(300);
});

test("whatever happens to a few people, in whatever order, everybody's deck is right after it", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 12 }), (seed, steps, people) => {
      const [trio, random] = [new Trio(), seeded(seed)];
      for (let step = 0; step < steps; step++) happen(trio, people, step, random);
      for (let number = 0; number < people; number++)
        if (trio.model.members.has(userIdOf(number))) trio.agree(userIdOf(number), TODAY + (seed & 63));
    }),
    { numRuns: 150 },
  );
});

// Each is a mistake that nearly works; the comparison with a look at everybody must find it.
const mistakes = [
  ["an age that is one off", "i8x16.ge_u(v128.load(hot, 48), vAge)", "i8x16.gt_u(v128.load(hot, 48), vAge)"],
  [
    "dealbreakers looked at in one direction only",
    "v128.and(v128.load(hot, 112), vDealbreakers), v128.and(v128.load(hot, 144), vFacts)",
    "v128.and(v128.load(hot, 112), vDealbreakers), v128.and(v128.load(hot, 144), vDealbreakers)",
  ],
  [
    "only the viewer's radius",
    "i32(squared <= chord) & i32(squared <= load<f64>(CHORDS + (<usize>load<u16>(radiusAt) << 3)))",
    "i32(squared <= chord)",
  ],
  ["whom the viewer has seen", "bits &= ~<i32>load<u16>(UNSEEN + (<usize>chunk << 1));", ""],
  ["a bound that prunes too much", "return load<f64>(BOUNDS + (", "return 0.98 * load<f64>(BOUNDS + ("],
  [
    "a price that is left out too early",
    "min(max((reinterpret<i32>(<f32>(price * 0.999999))",
    "min(max((reinterpret<i32>(<f32>(price * 4))",
  ],
  ["a leaf that is passed over too early", "load<f64>(at) < load<f64>(HEAP_SCORES)", "load<f64>(at) * 0.3 < load<f64>(HEAP_SCORES)"],
] as const;
const source = readFileSync(new URL("../../kernel/kernel.as", import.meta.url), "utf8");

test.each(mistakes)("a kernel with a planted mistake is found out: %s", async (_, right, wrong) => {
  expect(source).toContain(right);
  const binary = await compileKernel(source.replace(right, wrong), { optimize: false });
  const [trio, random] = [new Trio(), seeded(20)];
  const { exports } = new webAssembly.Instance(new webAssembly.Module(binary), { env: { memory: trio.index.memory.wasm } });
  Object.assign(trio.index, { kernel: exports as unknown as Kernel });
  for (let i = 0; i < 4000; i++) {
    const person = randomPerson(i, { lat: 48, lon: 11 }, random);
    trio.put(
      { ...person, wants: { ...person.wants, genders: ["woman", "man", "nonbinary"], ageMin: 18, intents: [] } },
      randomTraits(random),
    );
  }
  for (let i = 0; i < 2000; i++) trio.pass(userIdOf(i % 40), userIdOf(Math.floor(random() * 4000)));
  expect(() => {
    for (let i = 0; i < 40; i++) trio.agree(userIdOf(i));
  }).toThrow(/strictly deep-equal/);
});
