import { runScript } from "./runScript.ts";
import { expect, test } from "vitest";
import { ArgumentError, valuesOf } from "../../../../scripts/commandLine.mjs";
import { localUrl, wholeNumber } from "./arguments.ts";
import { duration, progressBar, size } from "./progressBar.ts";

test("wrong arguments are told in one line that names them", () => {
  const options = { users: { type: "string", says: "how many" }, data: { type: "string", says: "where" } } as const;
  expect(valuesOf(options, ["--users", "5"])).toEqual({ users: "5" });
  for (const wrong of [
    () => valuesOf(options, ["--user", "5"]),
    () => valuesOf(options, ["5"]),
    () => wholeNumber("users", "1.5", 1, 9),
    () => wholeNumber("users", "10", 1, 9),
    () => wholeNumber("users", "", 0, 9),
  ]) {
    expect(wrong).toThrow(ArgumentError);
    expect(wrong).toThrow(/^[^\n]+$/);
  }
});

test("only an address of this machine is taken", () => {
  expect(localUrl("http://127.0.0.1:4000/")).toBe("http://127.0.0.1:4000");
  for (const other of [
    "http://example.com",
    "https://localhost",
    "ftp://localhost",
    "localhost",
    "http://localhost.example.com",
    "http://127.0.0.1@example.com",
  ]) {
    expect(() => localUrl(other)).toThrow(ArgumentError);
  }
});

test("outside a terminal progress is a line every five seconds, with rate and time left", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const bar = progressBar({
    label: "people",
    unit: "people",
    from: 100,
    total: 1100,
    out: { write: (line) => lines.push(line) },
    nowMs: () => nowMs,
  });
  for (nowMs = 0; nowMs < 6000; nowMs += 100) bar.at(100 + nowMs / 10);
  expect(lines).toEqual(["people      54 % · 600 of 1,100 · 100 people/s · 5 s left\n"]);
  bar.at(1100);
  bar.end();
  expect(lines.at(-1)).toBe("people     100 % · 1,100 of 1,100 · 167 people/s\n");
});

test("in a terminal it is one line that is redrawn", () => {
  const written: string[] = [];
  let nowMs = 0;
  const bar = progressBar({
    label: "people",
    unit: "people",
    total: 10,
    out: { write: (text) => written.push(text), isTTY: true },
    nowMs: () => (nowMs += 500),
  });
  bar.at(5);
  bar.at(10);
  bar.end();
  expect(written.every((text) => text.startsWith("\r"))).toBe(true);
  expect(written.filter((text) => text.includes("\n"))).toHaveLength(1);
});

test("durations and sizes are words for people", () => {
  expect([duration(8), duration(125), duration(4200)]).toEqual(["8 s", "2 min 05 s", "1 h 10 min"]);
  expect([size(512), size(374_000_000)]).toEqual(["512 bytes", "374 MB"]);
});

test.each([
  ["siteBuild", ["--x", "1"], "Unknown option '--x'. There are --domain, --out."],
  ["bench", ["--seconds", "soon"], '--seconds must be a whole number from 1 to 3,600, not "soon".'],
  ["../../research/src/bench", ["--sizes", "1000,many"], '--sizes must be a whole number from 100 to 20,000,000, not "many".'],
  [
    "../../research/src/evaluate",
    ["--data", "package.json"],
    "--data package.json can't be read: the file lacks the columns wave, person, ",
  ],
])("%s says in one line what is wrong with its command line, and does nothing", async (name, args, says) => {
  const { code, stdout, stderr } = await runScript(name, args);
  expect([code, stdout, stderr.trim().split("\n").length]).toEqual([2, "", 1]);
  expect(stderr).toContain(says);
});
