import postgres, { type Sql, type TransactionSql } from "postgres";
import { connectionError } from "./connectionError.ts";
import type { DbConnection } from "./dbConnection.ts";
import type { Pool } from "./pool.ts";
import { statementsFor, type Statement } from "./statement.ts";

type Work = (tx: TransactionSql) => unknown;

/**
 * Runs `work` in a transaction on a connection of its own, and commits. Any failure rolls back, also a statement's that `work` has swallowed.
 * Where the connection is lost, the transaction fails at once, and no later statement of `work` runs anywhere.
 */
export async function runTransaction(pool: Pool, maker: Sql, { modes, work }: { modes: string; work: Work }): Promise<unknown> {
  const connection = await pool.acquire();
  const scopes = { maker, connection, savepoints: 0 };
  try {
    await command(scopes, `begin ${modes.replace(/[^a-z ]/gi, "")}`);
    return await Promise.race([runScope(scopes, work, { commit: "commit", rollback: "rollback" }), connection.lost]);
  } finally {
    pool.release(connection);
  }
}

interface Scopes {
  readonly maker: Sql;
  readonly connection: DbConnection;
  savepoints: number;
}

interface Ends {
  readonly commit?: string;
  readonly rollback: string;
}

async function runScope(scopes: Scopes, work: Work, { commit, rollback }: Ends): Promise<unknown> {
  let firstFailure: unknown;
  let isOver = false;
  const run = (statement: Statement): void => {
    // It may have no other reader, and it must not end the process.
    statement.catch((error: unknown) => (firstFailure ??= error));
    // Without this, a statement that was not awaited would run later, in the transaction of another user.
    if (isOver) statement.reject(connectionError("CONNECTION_ENDED", "The transaction of this statement is over."));
    else scopes.connection.send(statement);
  };
  try {
    const result = await resultOf(work, Object.assign(statementsFor(scopes.maker, run), { savepoint: savepointsOf(scopes) }) as never);
    if (firstFailure !== undefined) throw firstFailure;
    isOver = true;
    if (commit) await command(scopes, commit);
    return result;
  } catch (error) {
    isOver = true;
    // Where the rollback fails, the connection is lost and the server rolls back by itself.
    await command(scopes, rollback).catch(() => {});
    const isConsequence = error instanceof postgres.PostgresError && error.code === "25P02";
    throw isConsequence && firstFailure !== undefined ? firstFailure : error;
  }
}

function savepointsOf(scopes: Scopes): (...given: [string, Work] | [Work]) => Promise<unknown> {
  return async (...given) => {
    const work = given.at(-1) as Work;
    const name = `s${scopes.savepoints++}`;
    await command(scopes, `savepoint ${name}`);
    return await runScope(scopes, work, { rollback: `rollback to ${name}` });
  };
}

async function resultOf(work: Work, tx: TransactionSql): Promise<unknown> {
  const result = work(tx);
  return await (Array.isArray(result) ? Promise.all(result) : result);
}

async function command({ maker, connection }: Scopes, text: string): Promise<void> {
  const statement = maker.unsafe(text);
  (statement as unknown as Statement).handler = (given) => connection.send(given);
  await statement;
}
