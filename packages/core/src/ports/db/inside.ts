import type { Db, Tx } from "./db.ts";

/**
 * A transaction as a `Db`: its `begin` sets a savepoint, so a domain function that begins a transaction becomes a part of this one.
 * Two of them may not run at once inside one transaction.
 */
export function inside(tx: Tx): Db {
  const begin = async (...given: readonly unknown[]): Promise<unknown> => await tx.savepoint(given.at(-1) as (tx: Tx) => Promise<unknown>);
  return new Proxy(tx, {
    get: (target, key, self) => (key === "begin" ? begin : Reflect.get(target, key, self)) as unknown,
  }) as unknown as Db;
}
