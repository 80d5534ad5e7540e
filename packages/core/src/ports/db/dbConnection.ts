import type net from "node:net";
import postgres, { type Sql } from "postgres";
import { dial, type Address } from "./dial.ts";
import { onSettled, type Statement } from "./statement.ts";

export interface DbConnectionOptions {
  readonly address: Address;
  /** A client of the driver, never connected, whose settings this connection uses. */
  readonly settings: Sql["options"];
  /** How long a statement may take. Without it a statement is ended by the server alone, or by the loss of the connection. */
  readonly statementMsMax: number | undefined;
  /** Called once, when the connection is lost. */
  readonly onLost: () => void;
}

/** One connection to PostgreSQL. It is used until its first failure and never opened again. */
export interface DbConnection {
  readonly openedAtMs: number;
  /** Whether another statement may run on it. */
  readonly isSound: boolean;
  /** Runs a statement. It settles in any case: with its result, its error, or the loss of the connection. */
  send(statement: Statement, onDone?: () => void): void;
  /** Rejects when the connection is lost. It never resolves. */
  readonly lost: Promise<never>;
  /** Ends the connection in order; a server that does not react is not waited for. */
  end(): Promise<void>;
  /** Ends it at once: whatever runs on it fails with this error. */
  destroy(error: Error): void;
}

const terminateMessage = Buffer.from(["X".charCodeAt(0), 0, 0, 0, 4]);
const goodbyeMs = 1_000;

/**
 * Opens a connection with a client of the driver for it alone. The driver (3.4.9) must never see that a socket was closed: it would write to a
 * socket that is null, which ends the process, and it would never write again on the connection that it opens next.
 */
export function openDbConnection({ address, settings, statementMsMax, onLost }: DbConnectionOptions): DbConnection {
  const running = new Set<Statement>();
  const { promise: lost, reject: rejectLost } = Promise.withResolvers<never>();
  // Most connections are lost while nothing waits for them.
  lost.catch(() => {});
  let socket: net.Socket | undefined;
  let loss: Error | undefined;
  let isReady = false;
  let isMuddled = false;
  let isEnding = false;

  const lose = (error: Error): void => {
    if (loss) return;
    loss = error;
    clearTimeout(opening);
    socket?.destroy();
    for (const statement of running) statement.reject(error);
    rejectLost(error);
    onLost();
  };
  const opening = setTimeout(() => lose(timedOut("CONNECT_TIMEOUT", address.timeoutMs)), address.timeoutMs);
  const openSocket = async (): Promise<net.Socket> => {
    socket = await dial(address, { onReady, onClosed: lose }).catch((error: Error) => {
      lose(error);
      throw error;
    });
    // It may have been given up meanwhile.
    if (loss) socket.destroy();
    return socket;
  };
  const onReady = (): void => {
    isReady = true;
    clearTimeout(opening);
  };
  const deliver = driverOn(settings, openSocket);

  const send = (statement: Statement, onDone: () => void = () => {}): void => {
    if (loss || isEnding) {
      statement.reject(loss ?? connectionError("CONNECTION_ENDED", "The connection was ended before this statement."));
      return onDone();
    }
    running.add(statement);
    follow(statement, statementMsMax === undefined ? undefined : statementMsMax + (isReady ? 0 : address.timeoutMs), {
      onSlow: lose,
      onSettled: (error) => {
        if (!running.delete(statement)) return;
        isMuddled ||= error !== undefined && leavesMuddle(error);
        onDone();
      },
    });
    deliver(statement);
  };

  return {
    openedAtMs: performance.now(),
    get isSound() {
      return !loss && !isMuddled && !isEnding;
    },
    send,
    lost,
    destroy: lose,
    async end() {
      isEnding = true;
      if (!isReady) return lose(connectionError("CONNECTION_ENDED", "The connection was ended before it was open."));
      const timer = setTimeout(() => lose(timedOut("CONNECTION_TIMEOUT", goodbyeMs)), goodbyeMs);
      socket?.end(terminateMessage);
      await lost.catch(() => clearTimeout(timer));
    },
  };
}

interface Fate {
  readonly onSlow: (error: Error) => void;
  readonly onSettled: (error?: unknown) => void;
}

function follow(statement: Statement, timeoutMs: number | undefined, { onSlow, onSettled: call }: Fate): void {
  // A cursor settles in portions, so its time is the server's to watch.
  const isWatched = timeoutMs !== undefined && !statement.cursorFn;
  const timer = isWatched ? setTimeout(() => onSlow(timedOut("CONNECTION_TIMEOUT", timeoutMs)), timeoutMs) : undefined;
  onSettled(statement, (error) => {
    clearTimeout(timer);
    call(error);
  });
}

/** A client of the driver with one connection, as the function that receives its statements. */
function driverOn(settings: Sql["options"], openSocket: () => Promise<net.Socket>): Statement["handler"] {
  const client = postgres({ ...settings, max: 1, socket: openSocket } as never);
  return (client`` as unknown as Statement).handler;
}

/**
 * Whether an error leaves the connection in doubt. An error of the server does not, unless the server became a standby by a failover (25006).
 * Any other was thrown by the driver in the middle of a statement, whose remaining answers may still come.
 */
function leavesMuddle(error: unknown): boolean {
  return !(error instanceof postgres.PostgresError) || error.code === "25006";
}

function timedOut(code: string, timeoutMs: number): Error {
  return connectionError(code, `The database server sent nothing for ${timeoutMs} ms.`);
}

/** An error that says something about the connection, and nothing about the statement. */
export function connectionError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
