import type { DbConnection } from "./dbConnection.ts";
import type { Pool } from "./pool.ts";
import type { Statement } from "./statement.ts";

/** A connection that takes statements of everybody, one behind the other, without waiting for their answers. */
interface Lane {
  readonly connection: DbConnection;
  readonly openedAtMs: number;
  running: number;
}

/**
 * For so long a lane takes new statements; then it answers those it has, and goes back to the pool. So a slow statement delays no more than
 * what was sent within this time, and a transaction that waits for a connection is not passed over for ever.
 */
const TERM_MS = 10;

/**
 * Runs statements that need no connection of their own, on few connections: what is sent together travels together, and PostgreSQL wakes fewer
 * processes. Returns the function that takes such a statement. It settles in any case, with `CONNECTIONS_BUSY` where no connection came free.
 */
export function openLanes(pool: Pool, lanesMax: number): (statement: Statement) => void {
  const open = new Set<Lane>();
  let waiting: Statement[] = [];

  const openLane = (connection: DbConnection): Lane => {
    const lane = { connection, openedAtMs: performance.now(), running: 0 };
    open.add(lane);
    return lane;
  };
  const sendAll = (lane: Lane, statements: readonly Statement[]): void => {
    // Counted before the first is sent: where one fails at once, the connection stays taken for the others.
    lane.running += statements.length;
    for (const statement of statements)
      lane.connection.send(statement, () => {
        lane.running -= 1;
        if (lane.running > 0) return;
        open.delete(lane);
        pool.release(lane.connection);
      });
  };
  const chooseLane = (): Lane | undefined => {
    for (const lane of open) if (performance.now() - lane.openedAtMs > TERM_MS || !lane.connection.isSound) open.delete(lane);
    const connection = open.size < lanesMax ? pool.take() : undefined;
    return connection ? openLane(connection) : leastLoaded(open);
  };
  const waitForOne = async (): Promise<void> => {
    try {
      sendAll(openLane(await pool.acquire()), takeWaiting());
    } catch (error) {
      for (const statement of takeWaiting()) statement.reject(error);
    }
  };
  const takeWaiting = (): Statement[] => {
    const taken = waiting;
    waiting = [];
    return taken;
  };

  return (statement) => {
    const lane = chooseLane();
    if (lane) return sendAll(lane, [statement]);
    waiting.push(statement);
    if (waiting.length === 1) void waitForOne();
  };
}

function leastLoaded(lanes: ReadonlySet<Lane>): Lane | undefined {
  let least: Lane | undefined;
  for (const lane of lanes) if (!least || lane.running < least.running) least = lane;
  return least;
}
