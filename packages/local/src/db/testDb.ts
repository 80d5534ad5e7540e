import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, inject } from "vitest";
import { connect, type ConnectOptions } from "@pendo/core/ports/db/connect";
import type { Db } from "@pendo/core/ports/db/db";

declare module "vitest" {
  interface ProvidedContext {
    /** The test server, with the database that `testDb` clones in its `template` parameter. */
    readonly testPostgres: { readonly url: string; readonly template: string };
  }
}

/**
 * Gives a test file a database of its own, with the whole schema and no rows, and drops it after the file's last test.
 * Call it once at the top of the file: `const db = testDb();`. It can be queried from the first `beforeAll` on.
 */
export function testDb(options: ConnectOptions = {}): Db {
  let db: Db | undefined;
  const database = `test_${randomBytes(6).toString("hex")}`;
  beforeAll(async () => {
    const { template } = inject("testPostgres");
    await asAdmin((admin) => admin`create database ${admin(database)} template ${admin(template)}`);
    // A test that starts a thousand queries at once may wait for a connection as long as a slow machine takes.
    db = connect(testDbUrl(database), { connectTimeoutSec: 60, ...options });
  });
  afterAll(async () => {
    await db?.end({ timeout: 1 });
    await asAdmin((admin) => admin`drop database if exists ${admin(database)} with (force)`);
  });
  const now = (): Db => {
    if (!db) throw new Error("testDb() can be queried from beforeAll on, not while the file is being read.");
    return db;
  };
  // The client exists only once the database does; this stands for it from the start, tagged templates and properties alike.
  return new Proxy((() => {}) as unknown as Db, {
    apply: (_target, _self, args) => Reflect.apply(now(), undefined, args) as unknown,
    get: (_target, name) => (name === "testDatabase" ? database : (Reflect.get(now(), name) as unknown)),
    has: (_target, name) => Reflect.has(now(), name),
  });
}

/** Where a database of the test server is: for what needs a connection of another kind, or a second client. */
export function testDbUrl(database: string): string {
  const url = new URL(inject("testPostgres").url);
  url.pathname = `/${database}`;
  return url.toString();
}

/** The name of the database behind a `testDb()`. */
export function testDbName(db: Db): string {
  return (db as Db & { testDatabase: string }).testDatabase;
}

async function asAdmin(work: (admin: Db) => PromiseLike<unknown>): Promise<void> {
  const admin = connect(inject("testPostgres").url, { max: 1, name: "testDb", statementTimeoutMs: 60_000 });
  try {
    await work(admin);
  } finally {
    await admin.end({ timeout: 5 });
  }
}
