/** The time. Domain code asks it instead of `Date.now()`, and passes it to SQL instead of `now()`. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that a test, or the local console, can move. It keeps running from where it was moved to. */
export interface MovableClock extends Clock {
  advance(ms: number): void;
}

/**
 * A clock that can be moved forward and goes on from there. It begins at `start`, or at the present time. For tests and
 * the local console.
 */
export function movableClock(start?: Date): MovableClock {
  let aheadMs = start ? start.getTime() - Date.now() : 0;
  return {
    now: () => new Date(Date.now() + aheadMs),
    advance: (ms) => void (aheadMs += ms),
  };
}
