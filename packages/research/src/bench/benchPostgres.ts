import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@pendo/core/ports/db/connect";
import type { Db } from "@pendo/core/ports/db/db";
import { startPostgres } from "@pendo/local/db/embeddedPostgres";
import { bornBetween, dateOf, ageOn } from "@pendo/engine/eligibility/age";
import type { Person } from "@pendo/engine/index/population";
import { TODAY, userIdOf, type Population } from "./benchPopulation.ts";
import { DECK_SIZE } from "./benchEngine.ts";

const GENDER: Readonly<Record<string, number>> = { woman: 1, man: 2, nonbinary: 4 };
const INTENT: Readonly<Record<string, number>> = { relationship: 1, casual: 2, friendship: 4 };
const BATCH = 5000;

export interface Rival {
  /** The deck of one viewer: numbers, best first. */
  deck(number: number): Promise<number[]>;
  /** CPU that the server has used, in ms. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/**
 * PostgreSQL doing the same job: one row per person, places as points of earthdistance, vectors as cubes (whose distance gives the product, since all
 * have one length), a GiST index on the place per gender, an index on whom somebody has seen. Those lists are loaded for the viewers only.
 */
export async function startPostgresRival(people: Population, viewers: readonly number[]): Promise<Rival> {
  const dataDir = mkdtempSync(join(tmpdir(), "pendo-engine-bench-"));
  const postgres = await startPostgres({ dataDir: join(dataDir, "db"), mode: "test" });
  const db = connect(postgres.url(), { max: 1, name: "bench" });
  await load(db, people, viewers);
  const [{ pid }] = (await db<{ pid: number }[]>`select pg_backend_pid() as pid`) as unknown as [{ pid: number }];
  return {
    deck: async (number) => (await query(db, number, people.person(number), people)).map(({ id }) => id),
    cpuMs: () => cpuMsOf(pid),
    stop: async () => {
      await db.end();
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** CPU that a process has used, in ms; Linux tells, in hundredths of a second. */
export function cpuMsOf(pid: number): number {
  const fields = (readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1] ?? "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function load(db: Db, people: Population, viewers: readonly number[]): Promise<void> {
  await db.unsafe("set maintenance_work_mem = '512MB'; set max_parallel_workers_per_gather = 0; set plan_cache_mode = force_custom_plan");
  await db.unsafe("create extension cube; create extension earthdistance");
  await db.unsafe(`create unlogged table people (id int, gender int2, wants int2, born date, age_min int2, age_max int2, radius int2, intent int2,
    accepts int2, facts int4, dealbreakers int4, place earth, price float4, likes cube, self cube)`);
  for (let from = 0; from < people.size; from += BATCH) {
    const rows: string[] = [];
    for (let number = from; number < Math.min(people.size, from + BATCH); number++) rows.push(rowOf(number, people));
    await db.unsafe(`insert into people values ${rows.join(",")}`);
  }
  for (const gender of [1, 2, 4]) await db.unsafe(`create index on people using gist (place) where gender = ${gender}`);
  await db.unsafe("create table seen (viewer int, target int)");
  for (const viewer of new Set(viewers)) {
    const targets = people.seen(viewer).map(({ number }) => number);
    if (targets.length > 0) await db`insert into seen select ${viewer}, unnest(${targets}::int[])`;
  }
  await db.unsafe("create unique index on seen (viewer, target)");
  await db.unsafe("analyze people");
  await db.unsafe("analyze seen");
}

function masks(person: Person): { gender: number; wants: number; intent: number; accepts: number } {
  const mask = (names: readonly string[], bits: Readonly<Record<string, number>>): number =>
    names.reduce((all, name) => all | (bits[name] ?? 0), 0);
  const { genders, intents } = person.wants;
  return {
    gender: GENDER[person.gender] ?? 0,
    wants: mask(genders, GENDER),
    intent: INTENT[person.intent ?? ""] ?? 0,
    accepts: intents.length === 0 ? 7 : mask(intents, INTENT),
  };
}

const cube = (vector: Float32Array): string => `(${[...vector].map((value) => value.toFixed(5)).join(",")})`;

function rowOf(number: number, people: Population): string {
  const person = people.person(number);
  const { price, likes, is } = people.traits(number);
  const { gender, wants, intent, accepts } = masks(person);
  const { ageMin, ageMax, radiusKm, dealbreakers } = person.wants;
  return `(${number},${gender},${wants},'${dateOf(person.birthDay)}',${ageMin},${ageMax},${radiusKm},${intent},${accepts},${person.facts},${dealbreakers},ll_to_earth(${person.home.lat},${person.home.lon}),${price},'${cube(likes)}','${cube(is)}')`;
}

function query(db: Db, number: number, person: Person, people: Population): Promise<{ id: number }[]> {
  const { wants: wanted, gender, intent, accepts } = masks(person);
  const { first, last } = bornBetween(TODAY, person.wants.ageMin, person.wants.ageMax);
  const age = ageOn(TODAY, person.birthDay);
  const { likes, is } = people.traits(number);
  const { lat, lon } = person.home;
  const branch = (
    theirs: number,
  ): string => `select p.id, p.price, p.likes, p.self from people p where p.gender = ${theirs} and (p.wants & ${gender}) <> 0
    and (p.intent & ${accepts}) <> 0 and (p.accepts & ${intent}) <> 0 and (p.facts & ${person.wants.dealbreakers}) = 0 and (p.dealbreakers & ${person.facts}) = 0
    and p.born between '${dateOf(first)}' and '${dateOf(last)}' and p.age_min <= ${age} and p.age_max >= ${age} and p.id <> ${number}
    and earth_box(ll_to_earth(${lat}, ${lon}), ${person.wants.radiusKm * 1000}) @> p.place
    and earth_distance(ll_to_earth(${lat}, ${lon}), p.place) <= least(${person.wants.radiusKm}, p.radius) * 1000.0
    and not exists (select from seen s where s.viewer = ${number} and s.target = p.id)`;
  const branches = [1, 2, 4].filter((bit) => (wanted & bit) !== 0).map(branch);
  // Of two vectors of length two, the product is four less half the square of the distance between them.
  return db.unsafe<{ id: number }[]>(`select id from (${branches.join(" union all ")}) t
    order by price / ((1 + exp(-(4 - power(self <-> '${cube(likes)}', 2) / 2))) * (1 + exp(-(4 - power(likes <-> '${cube(is)}', 2) / 2)))) desc limit ${DECK_SIZE}`);
}

/** The numbers of users by their ids, to compare decks. */
export function numbersOf(people: Population): Map<string, number> {
  return new Map(Array.from({ length: people.size }, (_, number) => [userIdOf(number), number]));
}
