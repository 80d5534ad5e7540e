import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ConfigurationError } from "../configuration.ts";
import { readEngineConfiguration } from "./engineConfiguration.ts";
import { engineMeters } from "./engineMeters.ts";
import { EngineState } from "@pendo/engine/state/engineState";

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8");
const page = read("../../../../docs/engine.md");

test("without settings it is the data directory's, and looks at everything each quarter of an hour", () => {
  expect(readEngineConfiguration({})).toEqual({
    ...{ databaseUrl: undefined, dataDir: ".pendo", directory: ".pendo/engine", cache: undefined },
    ...{ port: 4100, host: "127.0.0.1", memoryMb: 1024, snapshotSec: 900 },
  });
});

test("each wrong setting is named, and none is quoted", () => {
  const wrong = {
    DATABASE_URL: "mysql://me:secret@x",
    ENGINE_PORT: "70000",
    ENGINE_MEMORY_MB: "0",
    ENGINE_SNAPSHOT_SEC: "soon",
    ENGINE_HOST: "a b",
  };
  for (const [name, value] of Object.entries(wrong)) {
    const message = messageOf({ [name]: value });
    expect(message).toContain(name);
    expect(message).not.toContain(value);
  }
  expect(messageOf({ DATABASE_URL: "postgres://x/y" })).toContain("CACHE_URL");
  expect(messageOf({ CACHE_URL: "http://x" })).toContain("CACHE_TOKEN");
});

test("docs/engine.md names every setting and every metric, and no other", () => {
  // Each setting stands there twice: with its shape, and with its sentence for --help.
  const settings = new Set([...read("engineConfiguration.ts").matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name));
  const rows = [...page.matchAll(/^\| ((?:[A-Z][A-Z_]+(?:, )?)+) \|/gm)].flatMap(([, names = ""]) => names.split(", "));
  expect(rows.toSorted()).toEqual([...settings].toSorted());
  const text = engineMeters(() => new Date()).text(new EngineState({ bytesMax: 1, refused: () => {} }), false);
  const metrics = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  const told = [...page.matchAll(/`(pendo_engine_\w+)/g)].map(([, name]) => name);
  expect(told.toSorted()).toEqual(metrics.toSorted());
});

test("metrics are in the text format that Prometheus reads", () => {
  const meters = engineMeters(() => new Date(5_000));
  meters.refused("person.invalid");
  meters.deck("made", 3, []);
  meters.deck("shed", 0, null);
  const lines = meters
    .text(new EngineState({ bytesMax: 1, refused: () => {} }), true)
    .trimEnd()
    .split("\n");
  expect(
    lines.filter((line) => !/^# (HELP \w+ .+|TYPE \w+ (counter|gauge|histogram))$|^\w+(\{\w+="[^"]+"\})? (NaN|[\d.e+-]+)$/.test(line)),
  ).toEqual([]);
  expect(lines).toContain('pendo_engine_refused_total{fault="person.invalid"} 1');
  expect(lines).toContain('pendo_engine_deck_seconds_bucket{le="0.002"} 0');
  expect(lines).toContain('pendo_engine_deck_seconds_bucket{le="0.005"} 1');
  expect(lines).toContain('pendo_engine_decks_total{outcome="shed"} 1');
});

function messageOf(environment: Record<string, string>): string {
  try {
    readEngineConfiguration(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
  }
  return "";
}
