import type { Cache } from "../ports/cache/cache.ts";

const WINDOW_SEC = 900;
/** Below so many failures in a window the ratio means nothing. */
export const FAILURES_MIN = 50;
/** People mistype one code in ten or so. */
export const FAILURES_SHARE = 0.5;
const MARK = "codes:guessing";
const COUNT_MAX = 1_000_000_000;

/** Counts an answer to a code, over all users. While most are wrong, codes are being guessed: `isGuessing` says so for a quarter of an hour. */
export async function countAnswer(cache: Cache, isRight: boolean): Promise<void> {
  const tried = await countUp(cache, "codes:tried");
  if (isRight) return;
  const failed = await countUp(cache, "codes:failed");
  if (failed >= FAILURES_MIN && failed > FAILURES_SHARE * tried) await cache.mark(MARK, "1", WINDOW_SEC);
}

/** Whether new devices are to get longer codes. It refuses no user. */
export async function isGuessing(cache: Cache): Promise<boolean> {
  return (await cache.get(MARK)) !== null;
}

async function countUp(cache: Cache, key: string): Promise<number> {
  return COUNT_MAX - (await cache.hit(key, COUNT_MAX, WINDOW_SEC)).remaining;
}
