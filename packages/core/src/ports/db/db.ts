import type { ISql, Sql, TransactionSql } from "postgres";

/** PostgreSQL through `postgres` (porsager): SQL is the interface. */
export type Db = Sql;
/** A transaction. What must become true together is written through one. */
export type Tx = TransactionSql;
/** Either: a query that is happy alone and inside a transaction. */
export type Queryable = ISql;
