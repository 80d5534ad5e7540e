import type { ISql, Sql } from "postgres";

/** A query of the driver (3.4.9), with the parts of it that decide where it runs and when it is over. */
export interface Statement extends Promise<unknown> {
  /** Receives the statement when it is first awaited. */
  handler: (statement: Statement) => void;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  /** Set where rows are read in portions. Such a statement does not settle by itself. */
  readonly cursorFn?: unknown;
}

/** The driver's template tag, except that `run` decides on which connection a statement runs. */
export function statementsFor(maker: Sql, run: (statement: Statement) => void): ISql {
  const directed = <T>(made: T): T => {
    // The tag also makes fragments and lists of columns. Only a statement is a promise.
    if (made instanceof Promise) (made as unknown as Statement).handler = run;
    return made;
  };
  const tag = (...given: unknown[]): unknown => directed(Reflect.apply(maker, undefined, given));
  const unsafe = (...given: Parameters<Sql["unsafe"]>): unknown => directed(maker.unsafe(...given));
  const { json, array, typed, types } = maker;
  return Object.assign(tag, { unsafe, json, array, typed, types }) as unknown as ISql;
}

/** Calls back once, when the statement has its result or its error. */
export function onSettled(statement: Statement, call: (error?: unknown) => void): void {
  const { resolve, reject } = statement;
  statement.resolve = (result) => {
    call();
    resolve(result);
  };
  statement.reject = (error) => {
    call(error);
    reject(error);
  };
}
