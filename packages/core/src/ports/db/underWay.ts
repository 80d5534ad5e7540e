import { connectionError } from "./connectionError.ts";
import type { Statement } from "./statement.ts";

export interface UnderWayOptions {
  /** How long the server may take for a statement, from the end of the one before it. */
  readonly limitMs: () => number | undefined;
  readonly onSilent: (error: Error) => void;
}

/** The statements of a connection that have not settled yet. */
export interface UnderWay {
  add(statement: Statement): void;
  /** @returns whether it was under way */
  remove(statement: Statement): boolean;
  /** How many, cursors aside. */
  size(): number;
  /** Stops to count, and tells what was under way. */
  end(): Statement[];
}

/** Keeps the statements of a connection, and calls back where none settles for too long. The server answers in order, so this is the time of one alone. */
export function underWay({ limitMs, onSilent }: UnderWayOptions): UnderWay {
  const running = new Set<Statement>();
  // A cursor may settle without our hearing of it, and takes as long as its reader. It is over when a later statement is.
  const cursors = new Set<Statement>();
  let timer: NodeJS.Timeout | undefined;
  const count = (): void => {
    clearTimeout(timer);
    const limit = limitMs();
    if (limit === undefined || running.size === 0) return;
    timer = setTimeout(() => onSilent(timedOut("CONNECTION_TIMEOUT", limit)), limit);
  };
  return {
    add(statement) {
      if (statement.cursorFn) return void cursors.add(statement);
      running.add(statement);
      if (running.size === 1) count();
    },
    remove(statement) {
      if (cursors.delete(statement)) return true;
      if (!running.delete(statement)) return false;
      cursors.clear();
      count();
      return true;
    },
    size: () => running.size,
    end() {
      clearTimeout(timer);
      return [...running, ...cursors];
    },
  };
}

/** The error of a connection whose server is silent. */
export function timedOut(code: string, timeoutMs: number): Error {
  return connectionError(code, `The database server sent nothing for ${timeoutMs} ms.`);
}
