import type { ISql, Sql, TransactionSql } from "postgres";

/**
 * PostgreSQL through `postgres` (porsager): SQL is the interface. The driver writes and parses; connections, transactions and time limits
 * are ours (`dbConnection.ts` says why). What `connect` sets for all of us:
 *
 * - Columns come in camelCase (`user_id` → `userId`), and `sql(row)` writes them back in snake_case. Names and keys inside JSON stay as they are.
 * - `timestamptz` and `timestamp` come as `Date`, `date` as a Date at midnight UTC, `bigint` as a number (beyond 2^53 the query fails rather than
 *   lie), `numeric` (also the sum of a bigint) as a string: cast it where a number is meant.
 * - JSON is given as `sql.json(value)`. A string that was stringified before would be stored as a JSON string.
 * - `undefined` as a parameter is an error; say `null`.
 * - A cursor is read inside a transaction.
 * - `begin` runs its function again where PostgreSQL ended the transaction in favour of another: what it does besides must bear that.
 */
export interface Db extends ISql, Pick<Sql, "begin" | "end" | "options"> {
  /** Not offered. */
  readonly file: never;
  /** Not offered. */
  readonly notify: never;
}
/** A transaction. What must become true together is written through one. */
export type Tx = TransactionSql;
/** Either: a query that is happy alone and inside a transaction. */
export type Queryable = ISql;
