import { once } from "node:events";
import net from "node:net";
import { respClient, type Reply } from "@pendo/local/cache/respConnection";
import { testRedis } from "@pendo/local/cache/testRedis";
import { ageOn, bornBetween } from "@pendo/engine/eligibility/age";
import { EARTH_METRES } from "@pendo/engine/eligibility/sphere";
import { packPerson, packTraits, scaleOf } from "@pendo/engine/index/packed";
import { DECK_SIZE } from "./benchEngine.ts";
import { TODAY, type Population } from "./benchPopulation.ts";
import { cpuMsOf, type Rival } from "./benchPostgres.ts";

const RECORD_BYTES = 104;
const PART = 5000;

/**
 * Redis doing the same job: GEOSEARCH per gender, MGET of what the search found (104 bytes each), filter and score here, SMISMEMBER of whom the viewer
 * has seen. Nothing, and a word about it, where no Redis is installed. Its CPU is the server's and this process's together.
 */
export async function startRedisRival(people: Population, viewers: readonly number[]): Promise<Rival | null> {
  const server = await testRedis();
  if (server === null) return null;
  await load((server.at as { path: string }).path, people, viewers);
  const client = respClient({ at: server.at, timeoutMs: 60_000, pendingMax: 100 });
  const one = async (...command: string[]): Promise<Reply> => (await client.send([command]))[0] ?? null;
  return {
    deck: (number) => deck(people, number, one),
    cpuMs: () => cpuMsOf(server.pid) + (process.cpuUsage().user + process.cpuUsage().system) / 1000,
    stop: async () => {
      client.close();
      await server.stop();
    },
  };
}

async function load(path: string, people: Population, viewers: readonly number[]): Promise<void> {
  const socket = net.connect({ path });
  await once(socket, "connect");
  let expected = 0;
  let got = 0;
  let arrived = (): void => {};
  // One line answers each command.
  socket.on("data", (data: Buffer) => {
    for (const byte of data) if (byte === 10) got++;
    if (got >= expected) arrived();
  });
  let batch: Buffer[] = [];
  const flush = async (): Promise<void> => {
    expected += batch.length;
    const all = new Promise<void>((resolve) => (arrived = resolve));
    socket.write(Buffer.concat(batch));
    batch = [];
    await all;
  };
  const add = (...words: (string | Buffer)[]): void => {
    const parts = words.flatMap((word) => [Buffer.from(`$${Buffer.byteLength(word)}\r\n`), Buffer.from(word), Buffer.from("\r\n")]);
    batch.push(Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]));
  };
  for (let number = 0; number < people.size; number++) {
    const { gender, home } = people.person(number);
    add("GEOADD", `geo:${gender}`, String(home.lon), String(home.lat), String(number));
    add("SET", `u:${number}`, recordOf(people, number));
    if (batch.length >= PART) await flush();
  }
  for (const viewer of new Set(viewers)) {
    const seen = people.seen(viewer).map((entry) => String(entry.number));
    if (seen.length > 0) add("SADD", `seen:${viewer}`, ...seen);
  }
  await flush();
  socket.destroy();
}

function recordOf(people: Population, number: number): Buffer {
  const person = people.person(number);
  const packed = packPerson(person);
  const traits = packTraits(people.traits(number));
  const record = Buffer.alloc(RECORD_BYTES);
  for (const [at, byte] of [packed.wantsAndIntent, packed.acceptsAndGender, packed.ageMin, packed.ageMax].entries())
    record.writeUInt8(byte, at);
  for (const [i, half] of [packed.birthDay, packed.facts, packed.dealbreakers, packed.radiusKm].entries())
    record.writeUInt16LE(half, 4 + 2 * i);
  record.writeDoubleLE(person.home.lat, 12);
  record.writeDoubleLE(person.home.lon, 20);
  record.writeFloatLE(traits.price, 28);
  record.writeFloatLE(scaleOf(traits.likesScale), 32);
  record.writeFloatLE(scaleOf(traits.isScale), 36);
  record.set(new Uint8Array(traits.vectors.buffer), 40);
  return record;
}

async function deck(people: Population, number: number, one: (...command: string[]) => Promise<Reply>): Promise<number[]> {
  const person = people.person(number);
  const { home, wants } = person;
  const found: string[] = [];
  for (const gender of wants.genders) {
    const reply = await one(
      "GEOSEARCH",
      `geo:${gender}`,
      "FROMLONLAT",
      String(home.lon),
      String(home.lat),
      "BYRADIUS",
      String(wants.radiusKm),
      "km",
    );
    for (const id of reply as readonly Buffer[]) found.push(id.toString("latin1"));
  }
  const accepts = accepter(people, number);
  const good: { id: string; score: number }[] = [];
  for (let from = 0; from < found.length; from += PART) {
    const part = found.slice(from, from + PART);
    const records = (await one("MGET", ...part.map((id) => `u:${id}`))) as readonly Buffer[];
    for (const [i, record] of records.entries()) {
      const id = part[i] as string;
      const score = Number(id) === number ? 0 : accepts(record);
      if (score > 0) good.push({ id, score });
    }
  }
  const seen: number[] = [];
  for (let from = 0; from < good.length; from += PART)
    seen.push(...((await one("SMISMEMBER", `seen:${number}`, ...good.slice(from, from + PART).map(({ id }) => id))) as readonly number[]));
  return good
    .filter((_, i) => seen[i] === 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, DECK_SIZE)
    .map(({ id }) => Number(id));
}

/** The score of a record, 0 where its person and the viewer do not both fit. */
function accepter(people: Population, number: number): (record: Buffer) => number {
  const person = people.person(number);
  const me = packPerson(person);
  const traits = packTraits(people.traits(number));
  const [likesScale, isScale] = [scaleOf(traits.likesScale), scaleOf(traits.isScale)];
  const { first, last } = bornBetween(TODAY, me.ageMin, me.ageMax);
  const age = ageOn(TODAY, me.birthDay);
  const radians = Math.PI / 180;
  const { lat, lon } = person.home;
  return (record) => {
    const [a, b] = [record[0] as number, record[1] as number];
    if ((a & (me.acceptsAndGender >> 5)) === 0 || (a & ((me.acceptsAndGender & 31) << 3)) === 0) return 0;
    if ((b & (me.wantsAndIntent >> 3)) === 0 || (b & ((me.wantsAndIntent & 7) << 5)) === 0) return 0;
    if ((record[2] as number) > age || (record[3] as number) < age) return 0;
    const born = record.readUInt16LE(4);
    if (born < first || born > last) return 0;
    if ((record.readUInt16LE(6) & me.dealbreakers) !== 0 || (record.readUInt16LE(8) & me.facts) !== 0) return 0;
    const theirLat = record.readDoubleLE(12);
    const half = Math.sin(((theirLat - lat) * radians) / 2);
    const halfLon = Math.sin(((record.readDoubleLE(20) - lon) * radians) / 2);
    const chord = half * half + Math.cos(lat * radians) * Math.cos(theirLat * radians) * halfLon * halfLon;
    if (2 * EARTH_METRES * Math.asin(Math.sqrt(chord)) > Math.min(record.readUInt16LE(10), me.radiusKm) * 1000) return 0;
    let [yes, yesBack] = [0, 0];
    for (let k = 0; k < 32; k++) {
      yes += (traits.vectors[32 + k] as number) * record.readInt8(40 + k);
      yesBack += (traits.vectors[k] as number) * record.readInt8(72 + k);
    }
    const score =
      record.readFloatLE(28) /
      ((1 + Math.exp(-yes * likesScale * record.readFloatLE(36))) * (1 + Math.exp(-yesBack * isScale * record.readFloatLE(32))));
    return score;
  };
}
