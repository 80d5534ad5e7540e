import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "@pendo/core/ports/db/connect";
import { migrationsDir } from "@pendo/core/ports/db/migrate";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ArgumentError } from "../../../../scripts/commandLine.mjs";
import { runScript } from "../terminal/runScript.ts";
import { targetOf } from "./target.ts";

const admin = testDb();
let database: string;

beforeAll(async () => {
  database = `${testDbName(admin)}_empty`;
  await admin`create database ${admin(database)}`;
});
afterAll(async () => {
  await admin`drop database if exists ${admin(database)} with (force)`;
});

test("npm run migrate applies every migration to a given database, says which, and then has nothing to do", async () => {
  const names = readdirSync(migrationsDir).map((file) => path.basename(file, ".sql"));
  const first = await runScript("migrate", ["--url", testDbUrl(database)]);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toBe(
    `${names.map((name) => `  ${name}\n`).join("")}Applied ${names.length} migrations to ${targetOf({ url: testDbUrl(database), ca: undefined }).name}.\n`,
  );
  const db = connect(testDbUrl(database));
  expect(await db`select count(*) as people from users`).toEqual([{ people: 0 }]);
  await db.end();
  const second = await runScript("migrate", [], { DATABASE_URL: testDbUrl(database) });
  expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing to apply: [^\n]+\n$/) });
});

test("npm run migrate says in one line what is wrong, and never a password", async () => {
  const bad: [string[], number, RegExp][] = [
    [[], 2, /--url must be the address of a database/],
    [["--url", "mysql://me:hunter2@localhost/pendo"], 2, /--url must be/],
    [["--url", "postgres://me:hunter2@localhost"], 2, /--url must be/],
    [["--uri", "x"], 2, /--url, --ca/],
    [["--url", "postgres://me:hunter2@localhost/pendo", "--ca", "/no/such.pem"], 2, /--ca: the file \/no\/such\.pem cannot be read/],
    [["--url", "postgres://me:hunter2@127.0.0.1:1/pendo"], 1, /The database pendo at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/],
    [["--url", testDbUrl("nobody_made_this")], 1, /nobody_made_this.* cannot be used: .*does not exist/],
  ];
  for (const [args, code, says] of bad) {
    const ran = await runScript("migrate", args);
    expect(ran).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(says) });
    expect(ran.stderr).toMatch(/^[^\n]+\n$/);
    expect(ran.stderr).not.toContain("hunter2");
  }
});

test("a database elsewhere is spoken to over TLS, unless that is switched off", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "pendo-ca-"));
  const ca = path.join(directory, "ca.pem");
  writeFileSync(ca, "PEM");
  const of = (url: string, file?: string) => targetOf({ url, ca: file });
  expect(of("postgres://u:p@db.cluster-x.eu-central-1.rds.amazonaws.com/pendo?sslmode=require", ca)).toEqual({
    url: "postgres://u:p@db.cluster-x.eu-central-1.rds.amazonaws.com/pendo",
    tls: true,
    certificateAuthority: "PEM",
    name: "pendo at db.cluster-x.eu-central-1.rds.amazonaws.com",
  });
  expect(of("postgresql://u@db.internal:6432/pendo?sslmode=disable")).toMatchObject({ tls: false, name: "pendo at db.internal:6432" });
  for (const local of ["localhost", "127.0.0.1:5433", "[::1]"]) expect(of(`postgres://u@${local}/pendo`).tls).toBe(false);
  expect(of("postgres://u@localhost/pendo?host=/run/pg").tls).toBe(false);
  // Only the loopback's own names are this machine.
  for (const far of ["localhost.example.com", "127.0.0.1.example.com"]) expect(of(`postgres://u@${far}/pendo`).tls).toBe(true);
  expect(() => of("postgres://u@h/")).toThrow(ArgumentError);
  rmSync(directory, { recursive: true });
});
