import { connectionError } from "./connectionError.ts";
import type { DbConnection } from "./dbConnection.ts";

export interface PoolOptions {
  readonly open: (onLost: () => void) => DbConnection;
  readonly connectionsMax: number;
  /** How long to wait while all connections are taken. */
  readonly waitMsMax: number;
  /** Ends connections that nobody used for so long. Without it they stay. */
  readonly idleMsMax: number | undefined;
}

export interface Pool {
  /** Takes a connection for one user. Rejects with `CONNECTIONS_BUSY` where none comes free in time. */
  acquire(): Promise<DbConnection>;
  /** Takes a connection only where one is free now, or may be opened, and no other user waits for it. */
  take(): DbConnection | undefined;
  release(connection: DbConnection): void;
  /** Lets what runs come to its end, for at most so many seconds; what is left then fails. */
  end(options?: { readonly timeout?: number | undefined }): Promise<void>;
}

interface Waiter {
  readonly give: (connection: DbConnection) => void;
  readonly refuse: (error: Error) => void;
}

// A connection of a server that was replaced, or that has grown large, does not live for ever.
const lifeMsMax = 45 * 60_000;

/** Keeps connections for one user at a time each. A connection that failed is thrown away, and another is opened when it is needed. */
export function openPool({ open, connectionsMax, waitMsMax, idleMsMax }: PoolOptions): Pool {
  const all = new Set<DbConnection>();
  const idle = new Map<DbConnection, NodeJS.Timeout | undefined>();
  const waiting = new Set<Waiter>();
  let ended: Promise<void> | undefined;
  let onEmpty: () => void = () => {};

  const openOne = (): DbConnection => {
    const connection = open(() => forget(connection));
    all.add(connection);
    return connection;
  };
  const wake = (connection: DbConnection): DbConnection => {
    clearTimeout(idle.get(connection));
    idle.delete(connection);
    return connection;
  };
  const forget = (connection: DbConnection): void => {
    wake(connection);
    if (!all.delete(connection)) return;
    const next = firstOf(waiting);
    if (next) next.give(openOne());
    else if (all.size === 0) onEmpty();
  };
  const retire = (connection: DbConnection): void => {
    void wake(connection)
      .end()
      .finally(() => forget(connection));
  };
  const take = (): DbConnection | undefined => {
    if (ended || waiting.size > 0) return undefined;
    // The one used last, so that those too many stay idle until their time is over.
    const last = [...idle.keys()].at(-1);
    if (last) return wake(last);
    return all.size < connectionsMax ? openOne() : undefined;
  };

  return {
    async acquire() {
      if (ended) throw connectionError("CONNECTION_ENDED", "The database client was ended.");
      return take() ?? (await inLine(waiting, waitMsMax));
    },
    take,
    release(connection) {
      if (!all.has(connection)) return;
      const isOld = performance.now() - connection.openedAtMs > lifeMsMax;
      if (!connection.isSound || isOld) return retire(connection);
      const next = firstOf(waiting);
      if (next) return next.give(connection);
      if (ended) return retire(connection);
      idle.set(connection, idleMsMax === undefined ? undefined : setTimeout(() => retire(connection), idleMsMax).unref());
    },
    end({ timeout } = {}) {
      return (ended ??= (async () => {
        const { promise: empty, resolve } = Promise.withResolvers<void>();
        onEmpty = resolve;
        for (const connection of [...idle.keys()]) retire(connection);
        if (all.size === 0) resolve();
        const giveUp = (): void => {
          const error = connectionError("CONNECTION_DESTROYED", "The database client was ended while this was under way.");
          for (const { refuse } of waiting) refuse(error);
          for (const connection of all) connection.destroy(error);
        };
        const timer = timeout === undefined ? undefined : setTimeout(giveUp, timeout * 1_000);
        await empty;
        clearTimeout(timer);
      })());
    },
  };
}

function inLine(waiting: Set<Waiter>, waitMsMax: number): Promise<DbConnection> {
  return new Promise((resolve, reject) => {
    const leave = (act: () => void): void => {
      clearTimeout(timer);
      waiting.delete(waiter);
      act();
    };
    const waiter: Waiter = {
      give: (connection) => leave(() => resolve(connection)),
      refuse: (error) => leave(() => reject(error)),
    };
    const timer = setTimeout(
      () => waiter.refuse(connectionError("CONNECTIONS_BUSY", `No database connection came free within ${waitMsMax} ms.`)),
      waitMsMax,
    );
    waiting.add(waiter);
  });
}

function firstOf<T>(set: ReadonlySet<T>): T | undefined {
  for (const first of set) return first;
  return undefined;
}
