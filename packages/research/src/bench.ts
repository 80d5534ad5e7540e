import { readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { machine, table } from "@pendo/scripts/bench/report";
import { wholeNumber } from "@pendo/scripts/terminal/arguments";
import { commandLine } from "../../../scripts/commandLine.mjs";
import { seeded } from "@pendo/engine/random";
import { build, deckOf, timeDecks, timeMoves, type DeckTimes } from "./bench/benchEngine.ts";
import { population } from "./bench/benchPopulation.ts";
import { numbersOf, startPostgresRival, type Rival } from "./bench/benchPostgres.ts";
import { startRedisRival } from "./bench/benchRedis.ts";
import { shardImbalance } from "./bench/benchShards.ts";

const options = {
  sizes: { type: "string", value: "N,N", default: "100000,1000000,10000000", says: "how many users, for each run" },
  viewers: { type: "string", value: "N", default: "2000", says: "viewers whose decks are timed" },
  rivals: { type: "string", value: "N", default: "100", says: "viewers whose decks PostgreSQL and Redis compute too" },
  record: { type: "boolean", default: false, says: "writes the table to docs/benchmarks.md" },
} as const;
const about = "Measures the matching engine beside PostgreSQL and Redis, which do the same job.";
const examples = ["npm run engine:bench -- --sizes 100000"];
const wanted = commandLine({ name: "engine:bench", about, options, examples }, (values) => ({
  sizes: values.sizes.split(",").map((text) => wholeNumber("sizes", text, 100, 20_000_000)),
  viewers: wholeNumber("viewers", values.viewers, 1, 100_000),
  rivals: wholeNumber("rivals", values.rivals, 1, 100_000),
  records: values.record,
}));
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
setPriority(5);

/** Beyond this, PostgreSQL and Redis would take more memory and time than a benchmark may. */
const RIVAL_MAX = 1_000_000;

interface Line {
  readonly size: number;
  readonly seconds: number;
  readonly decks: DeckTimes;
  readonly movesPerSec: number;
  readonly bytesPerUser: number;
  readonly bytesPerSeen: number;
  readonly seenPerUser: number;
  readonly rssMb: number;
  readonly postgres: Against | null;
  readonly redis: Against | null;
}

interface Against {
  readonly cpuMs: number;
  readonly ratio: number;
  /** Of all people in the rival's decks, how many are in the engine's too. */
  readonly agreement: number;
}

const lines: Line[] = [];
for (const size of wanted.sizes) {
  lines.push(await measure(size));
  say(JSON.stringify(lines.at(-1)));
}
say(report(rowsOf(lines)));
if (wanted.records) record();

async function measure(size: number): Promise<Line> {
  const people = population(size);
  const random = seeded(9);
  const viewers = Array.from({ length: wanted.viewers }, () => Math.floor(random() * size));
  const { index, seen, lists, seconds } = build(people, viewers);
  say(`${size}: built in ${seconds.toFixed(1)} s`);
  timeDecks(index, viewers);
  const decks = timeDecks(index, viewers);
  const { bytes } = index;
  const [bytesPerUser, bytesPerSeen, rssMb] = [bytes.people / size, bytes.ties / seen, process.memoryUsage.rss() / 1e6];
  const few = viewers.slice(0, wanted.rivals);
  const numbers = size <= RIVAL_MAX ? numbersOf(people) : new Map<string, number>();
  const deckNumbers = (viewer: number): Set<number | undefined> => new Set(deckOf(index, viewer).map(({ userId }) => numbers.get(userId)));
  const against = async (rival: Rival): Promise<Against> => {
    for (const viewer of few.slice(0, 5)) await rival.deck(viewer);
    // What loading the rival left behind is not the engine's to clear away.
    collectGarbage();
    let [rivalMs, ourMs, rounds, same, all] = [0, 0, 0, 0, 0];
    for (const [i, viewer] of few.entries()) {
      const before = rival.cpuMs();
      const theirs = await rival.deck(viewer);
      rivalMs += rival.cpuMs() - before;
      const mine = deckNumbers(viewer);
      same += theirs.filter((number) => mine.has(number)).length;
      all += theirs.length;
      // In turns, because what else runs on the machine slows both down.
      if (i % 10 !== 9) continue;
      ourMs += timeDecks(index, few).cpuMs;
      rounds++;
    }
    ourMs /= rounds;
    await rival.stop();
    if (same / all < 0.99) throw new Error(`The rival finds other people: ${same} of ${all} are the same.`);
    return { cpuMs: rivalMs / few.length, ratio: rivalMs / few.length / ourMs, agreement: same / all };
  };
  const postgres = size <= RIVAL_MAX ? await against(await startPostgresRival(people, few)) : null;
  const redis = size <= RIVAL_MAX ? await startRedisRival(people, few) : null;
  const redisAgainst = redis && (await against(redis));
  const movesPerSec = timeMoves(index, people, 200_000, random);
  return { size, seconds, decks, movesPerSec, bytesPerUser, bytesPerSeen, seenPerUser: seen / lists, rssMb, postgres, redis: redisAgainst };
}

/** A row of the table for each size. */
function rowsOf(measured: readonly Line[]): string[][] {
  const ratio = (against: Against | null): string =>
    against === null ? "–" : `${against.ratio.toFixed(0)} (${against.cpuMs.toFixed(1)} ms)`;
  return measured.map(({ size, decks, postgres, redis, ...line }) => [
    size.toLocaleString("en"),
    line.seenPerUser.toFixed(0),
    decks.cpuMs.toFixed(3),
    decks.p50Ms.toFixed(3),
    decks.p95Ms.toFixed(3),
    decks.cpuP95Ms.toFixed(3),
    decks.passed.toFixed(0),
    decks.scored.toFixed(0),
    ratio(postgres),
    ratio(redis),
    line.movesPerSec.toFixed(0),
    line.bytesPerUser.toFixed(1),
    line.bytesPerSeen.toFixed(2),
    line.seconds.toFixed(1),
  ]);
}

function report(rows: readonly (readonly string[])[]): string {
  const heads = [
    "users",
    "seen each",
    "deck CPU ms",
    "p50 ms",
    "p95 ms",
    "CPU p95 ms",
    "eligible met",
    "scored",
    "× PostgreSQL",
    "× Redis",
    "moves/s",
    "B/user",
    "B/seen",
    "built in s",
  ];
  return `Measured on ${machine()}, at a low priority.

${table(heads, rows)}

At least 99 % of the people in the rivals' decks are in the engine's: it rounds vectors to eight bits, PostgreSQL does not.
A tenth of the people, and the viewers, have lists of whom they have seen. Heaviest of 16 shards by the mean: ${shardImbalance(population(200_000), 16).toFixed(3)}.`;
}

/** Writes the table to docs/benchmarks.md. Sizes that this run did not measure keep the rows of the run that did. */
function record(): void {
  const path = new URL("../../../docs/benchmarks.md", import.meta.url);
  const [begin, end] = ["<!-- engine:bench begins -->", "<!-- engine:bench ends -->"];
  const before = readFileSync(path, "utf8");
  const [from, until] = [before.indexOf(begin), before.indexOf(end)];
  const rows = new Map<string, string[]>();
  for (const [, cells] of before.slice(from, until).matchAll(/^\| ([\d,]+ \|.*) \|$/gm)) {
    const row = (cells ?? "").split(" | ");
    rows.set(row[0] ?? "", row);
  }
  for (const row of rowsOf(lines)) rows.set(row[0] ?? "", row);
  const text = report([...rows.values()].toSorted((a, b) => (a[0] ?? "").length - (b[0] ?? "").length));
  writeFileSync(path, `${before.slice(0, from)}${begin}\n\n${text}\n\n${before.slice(until)}`);
}
