export type Turns = <Done>(task: () => Promise<Done>) => Promise<Done>;

/** Runs tasks in the order they come, `many` at a time. */
export function inTurns(many: number): Turns {
  const waiting: (() => void)[] = [];
  let free = many;
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
