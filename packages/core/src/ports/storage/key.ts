const SEGMENT = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
const KEY = new RegExp(`^${SEGMENT}(/${SEGMENT}){0,7}$`);

/**
 * Whether this can be an object's key: one to eight segments of letters, digits, `.`, `_` and `-`, none starting with a dot. Such a
 * key means the same in S3, in a URL and on a disk, and can't climb out of a directory.
 */
export function isKey(key: string): boolean {
  return KEY.test(key);
}

/** Keys are made by our own code, so a bad one is a bug, not somebody's input. */
export function checkKey(key: string): void {
  if (!isKey(key)) throw new Error(`not a storage key: ${JSON.stringify(key.slice(0, 80))}`);
}
