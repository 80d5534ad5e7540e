/** How long work that nobody waits for yields to requests. It is bounded, so that a host under full load still gets everything done. */
const COURTESY_MS = 50;

export type Courteous = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs work at once while the host is not busy. While it is, one piece of work at a time, each after a moment in which requests go first. */
export function courtesy(isBusy: () => boolean): Courteous {
  let turn: Promise<unknown> = Promise.resolve();
  return (work) => {
    if (!isBusy()) return work();
    const mine = turn.then(async () => {
      const untilMs = performance.now() + COURTESY_MS;
      while (isBusy() && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 5));
      return await work();
    });
    turn = mine.catch(() => {});
    return mine;
  };
}
