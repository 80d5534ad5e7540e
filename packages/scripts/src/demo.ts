// Plays Pendo's main job with real clients over real HTTP and WebSocket.
// It ends with 1 where something failed that must not: a 5xx, a message that is lost or doubled after syncing, a match without a conversation.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { askConsole, type ConsoleAddress } from "@pendo/host/console/askConsole";
import { readConsoleSecret } from "@pendo/host/console/consoleSecret";
import type { City } from "./people/cities.ts";
import { type Character, persona } from "./people/personas.ts";
import { type Machine, startMachine } from "./demo/machine.ts";
import { drawOutcome, faultsOf } from "./demo/outcome.ts";
import { pictureOf } from "./demo/picture.ts";
import { play, verify } from "./demo/play.ts";
import { showLive } from "./demo/show.ts";
import { stage as setStage } from "./demo/stage.ts";
import { ArgumentError, commandLine } from "../../../scripts/commandLine.mjs";
import { localUrl, wholeNumber } from "./terminal/arguments.ts";
import { paintFor } from "./terminal/paint.ts";

const out = process.stdout;
const paint = paintFor(out, process.env);
let [interrupted, end]: [boolean, () => void] = [false, () => {}];
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    end();
  });
}

const asked = commandLine(
  {
    name: "demo",
    about: "Plays Pendo's main job with real clients over real HTTP and WebSocket: users join, swipe, match and chat.",
    options: {
      people: { type: "string", value: "N", default: "60", says: "how many users" },
      seconds: { type: "string", value: "N", default: "60", says: "how long" },
      url: {
        type: "string",
        value: "URL",
        says: "a Pendo that runs on this machine; without it, the demo starts one in a temporary directory",
      },
      data: { type: "string", value: "DIRECTORY", says: "the data directory of the Pendo at --url (.pendo)" },
      picture: { type: "string", value: "FILE", says: "writes a picture (SVG) of the live summary" },
      seed: { type: "string", value: "N", default: "1", says: "other users for another seed" },
    },
    settings: { PENDO_DATA: "as --data" },
    examples: [
      "npm run demo -- --people 150 --seconds 180",
      "PENDO_TRUSTED_PROXIES=127.0.0.1 npm start, then npm run demo -- --url http://127.0.0.1:4000",
    ],
  },
  ({ people, seconds, seed, url, data, picture }) => ({
    people: wholeNumber("people", people, 2, 500),
    seconds: wholeNumber("seconds", seconds, 10, 3600),
    seed: wholeNumber("seed", seed, 0, 2 ** 31),
    url: url === undefined ? undefined : localUrl(url),
    dataDir: path.resolve(data ?? process.env["PENDO_DATA"] ?? ".pendo"),
    picture,
  }),
);
try {
  const { url, dataDir, ...options } = asked;
  const host = url === undefined ? undefined : await answering(url, dataDir);
  process.exitCode = await demo({ ...options, host });
} catch (error) {
  process.stderr.write(`${error instanceof ArgumentError ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = error instanceof ArgumentError ? 2 : 1;
}
process.exit();

interface Demo {
  readonly people: number;
  readonly seconds: number;
  readonly seed: number;
  /** A Pendo that runs already. */
  readonly host: ConsoleAddress | undefined;
  readonly picture: string | undefined;
}

async function demo({ people, seconds, seed, host, picture }: Demo): Promise<number> {
  const dataDir = host === undefined ? mkdtempSync(path.join(tmpdir(), "pendo-demo-")) : undefined;
  let machine: Machine | undefined;
  try {
    if (dataDir) {
      out.write(paint("grey", "Starting a Pendo of its own …\n"));
      machine = await startMachine(dataDir);
    }
    const at = machine ?? host ?? { url: "", consoleSecret: "" };
    const run = Date.now().toString(36);
    const where = host === undefined ? {} : { cities: [islandOf(run)] };
    const characters = Array.from({ length: people }, (_, i) =>
      openMinded(persona(i + 1, seed, { ...where, emailDomain: `${run}.demo.pendo.test` })),
    );
    const stage = setStage({ host: at, characters, seconds, seed });
    end = () => stage.stop();
    if (interrupted) stage.stop();
    const live = showLive({ out, paint, stage, people, seconds });
    await play(stage, seconds);
    live.act("comparing everybody's devices with what was confirmed");
    const { api, routes, requests } = stage.tally.read();
    const verdict = interrupted ? null : await verify(stage);
    live.end();
    // Everybody syncs at once for the comparison: that says nothing about how long a sync takes.
    const outcome = { seen: { ...stage.tally.read(), api, routes, requests }, verdict, log: machine?.log ?? [] };
    out.write(`${drawOutcome(paint, outcome).join("\n")}\n`);
    if (picture !== undefined) writeFileSync(picture, pictureOf(live.tellingFrame(), "npm run demo"));
    return faultsOf(outcome).length > 0 ? 1 : interrupted ? 130 : 0;
  } finally {
    await machine?.stop();
    if (dataDir) rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A cast is small: with the reach of a whole city's people, most would meet nobody. */
function openMinded(character: Character): Character {
  const { ageMin, ageMax, radiusKm, ...wants } = character.wants;
  return {
    ...character,
    intents: [],
    wants: { ...wants, ageMin: Math.max(18, ageMin - 7), ageMax: ageMax + 9, radiusKm: Math.max(40, radiusKm) },
  };
}

/** Somewhere in the southern Pacific, so that the cast of this run meets each other, and not those who live at that Pendo already. */
function islandOf(run: string): City {
  const [north, east] = [Number.parseInt(run.slice(-2), 36) / 36 ** 2, Number.parseInt(run.slice(-4, -2), 36) / 36 ** 2];
  return {
    name: "Pendo Island",
    lat: -55 + north * 20,
    lon: -140 + east * 40,
    spreadKm: 4,
    timeZone: "Pacific/Pitcairn",
    locale: "en",
    cultures: [
      ["english", 1],
      ["portuguese", 1],
      ["african", 1],
      ["indian", 1],
      ["japanese", 1],
    ],
  };
}

async function answering(url: string, dataDir: string): Promise<ConsoleAddress> {
  const host = { url, consoleSecret: readConsoleSecret(dataDir) ?? "" };
  const { ok, status } = await askConsole(host, "GET /queues").catch(() => ({ ok: false, status: 0 }));
  if (status === 401) throw new ArgumentError(`The Pendo at ${url} has another data directory than ${dataDir}. Name it with --data.`);
  if (!ok) throw new ArgumentError(`No Pendo with a console answers at ${url}. Start one with npm start, or leave --url out.`);
  return host;
}
