import type { ISql, Sql } from "postgres";

/** A query of the driver (3.4.9), with the parts of it that decide where it runs and when it is over. */
export interface Statement extends Promise<unknown> {
  /** Receives the statement when it is first awaited. */
  handler: (statement: Statement) => void;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  /** Whether it was written as a template, and so is one statement. `unsafe` may be several, or begin a transaction. */
  readonly tagged: boolean;
  readonly args: readonly unknown[];
  /** Set by `simple`, after which the text may be several statements, and by what copies whole tables. */
  readonly options: { readonly simple?: boolean };
  /** Sends a cancellation, which may reach the statement of another user. Null: `cancel` does nothing. */
  canceller: null;
  /** Set where rows are read in portions. Such a statement does not settle by itself. */
  readonly cursorFn?: unknown;
}

/** The driver's template tag, except that `run` decides on which connection a statement runs. */
export function statementsFor(maker: Sql, run: (statement: Statement) => void): ISql {
  const directed = <T>(made: T): T => {
    // The tag also makes fragments and lists of columns. Only a statement is a promise.
    if (!isStatement(made)) return made;
    made.handler = run;
    made.canceller = null;
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

/**
 * Whether a statement may be sent while another is under way on its connection. Where the driver cannot write a statement's values, it fails the
 * one that is under way instead, and takes a later answer for its own. So the values must be such that it can write all of them.
 */
export function mayShareConnection(statement: Statement): boolean {
  return statement.tagged && !statement.options.simple && !statement.cursorFn && statement.args.every((value) => isWritable(value));
}

// Far below what the driver can write, far above what a statement of ours needs.
const LENGTH_MAX = 1_000_000;
const DEPTH_MAX = 4;

function isWritable(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "string" || value instanceof Uint8Array) return value.length < LENGTH_MAX;
  if (value instanceof Date) return Number.isFinite(value.getTime());
  if (depth === DEPTH_MAX) return false;
  // A part of the statement that was written as a template of its own.
  if (isStatement(value)) return value.args.every((part) => isWritable(part, depth + 1));
  // A list of such parts is left to a connection of its own: the driver takes them apart in another way.
  return Array.isArray(value) && value.length < LENGTH_MAX && value.every((part) => !isStatement(part) && isWritable(part, depth + 1));
}

function isStatement(value: unknown): value is Statement {
  return value instanceof Promise && "strings" in value && "args" in value;
}
