import type { Db } from "./db.ts";

// What a client or a transaction has that begins a statement or a transaction.
const WITH_WORK: ReadonlySet<PropertyKey> = new Set(["begin", "savepoint"]);
const STATEMENTS: ReadonlySet<PropertyKey> = new Set(["unsafe", "file"]);

type Call = (...given: readonly unknown[]) => unknown;

/**
 * A client that stops taking statements when the signal aborts: the next one throws the signal's reason, and a transaction that is open rolls back
 * instead of committing. So work that outlives its invocation changes nothing more. A statement that is under way ends by its own timeout.
 */
export function gatedDb<Client extends object = Db>(db: Client, signal: AbortSignal): Client {
  return new Proxy(db, {
    apply(target, self, given) {
      signal.throwIfAborted();
      return Reflect.apply(target as Call, self, given) as unknown;
    },
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (STATEMENTS.has(name)) {
        return (...given: readonly unknown[]) => {
          signal.throwIfAborted();
          return (value as Call)(...given);
        };
      }
      if (WITH_WORK.has(name)) {
        return async (...given: readonly unknown[]) => {
          signal.throwIfAborted();
          const work = given.at(-1) as (tx: object) => Promise<unknown>;
          return await (value as Call)(...given.slice(0, -1), async (tx: object) => {
            const done = await work(gatedDb(tx, signal));
            signal.throwIfAborted();
            return done;
          });
        };
      }
      return value;
    },
  });
}
