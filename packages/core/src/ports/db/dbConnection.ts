import type net from "node:net";
import postgres, { type Sql } from "postgres";
import { connectionError } from "./connectionError.ts";
import { dial, isOutdatedPlan, type Address } from "./dial.ts";
import { onSettled, type Statement } from "./statement.ts";
import { timedOut, underWay } from "./underWay.ts";

export interface DbConnectionOptions {
  readonly address: Address;
  /** A client of the driver, never connected, whose settings this connection uses. */
  readonly settings: Sql["options"];
  /** How long the server may take for a statement, from the end of the one before it. Without it a statement is ended by the server alone, or by the loss of the connection. */
  readonly statementMsMax: number | undefined;
  /** Called once, when the connection is lost. */
  readonly onLost: () => void;
}

/** One connection to PostgreSQL, on which several statements may be under way. It is used until its first failure and never opened again. */
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
    for (const statement of statements.end()) statement.reject(error);
    rejectLost(error);
    onLost();
  };
  const opening = setTimeout(() => lose(timedOut("CONNECT_TIMEOUT", address.timeoutMs)), address.timeoutMs);
  const onReady = (): void => {
    isReady = true;
    clearTimeout(opening);
  };
  const dialed = dial(address, { onReady, onClosed: lose });
  dialed.then((opened) => {
    socket = opened;
    // It may have been given up meanwhile.
    if (loss) socket.destroy();
  }, lose);
  const deliver = driverOn(settings, () => dialed);
  const limitMs = (): number | undefined => statementMsMax && statementMsMax + (isReady ? 0 : address.timeoutMs);
  const statements = underWay({ limitMs, onSilent: lose });

  const send = (statement: Statement, onDone: () => void = () => {}): void => {
    if (loss || isEnding) {
      statement.reject(loss ?? connectionError("CONNECTION_ENDED", "The connection was ended before this statement."));
      return onDone();
    }
    failAsLost(statement);
    onSettled(statement, (error) => {
      if (!statements.remove(statement)) return;
      isMuddled ||= leavesMuddle(error);
      // The driver may have failed the wrong one of several statements, and would give the next one a foreign answer.
      if (isOfDriver(error) && statements.size() > 0) lose(muddled(error));
      onDone();
    });
    statements.add(statement);
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
      socket?.end(terminateMessage);
      await settledWithin(lost, goodbyeMs).catch(lose);
    },
  };
}

/** Where a statement fails because it was prepared before a table changed, its caller may try again as after the loss of a connection. */
function failAsLost(statement: Statement): void {
  const { reject } = statement;
  statement.reject = (error) =>
    reject(isOutdatedPlan(error) ? connectionError("CONNECTION_CLOSED", `The tables have changed: ${(error as Error).message}.`) : error);
}

/** A client of the driver with one connection, as the function that receives its statements. */
function driverOn(settings: Sql["options"], openSocket: () => Promise<net.Socket>): Statement["handler"] {
  const client = postgres({ ...settings, max: 1, socket: openSocket } as never);
  return (client`` as unknown as Statement).handler;
}

/**
 * Whether an error leaves the connection in doubt. An error of the server does not, unless the server became a standby by a failover (25006),
 * or holds a statement that is outdated.
 * Any other was thrown by the driver in the middle of a statement, whose remaining answers may still come.
 */
function leavesMuddle(error: unknown): boolean {
  return isOfDriver(error) || isOutdatedPlan(error) || (error as { code?: string } | undefined)?.code === "25006";
}

function isOfDriver(error: unknown): boolean {
  return error !== undefined && !(error instanceof postgres.PostgresError);
}

function muddled(error: unknown): Error {
  return connectionError(
    "CONNECTION_CLOSED",
    `The connection was given up, since another statement on it failed in the driver: ${String(error)}`,
  );
}

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(timedOut("CONNECTION_TIMEOUT", ms)), ms);
  // That the connection is lost is what is waited for here, so it is no error.
  await Promise.race([promise.catch(() => {}), tooLate]).finally(() => clearTimeout(timer));
}
