/**
 * Redis, as far as Pendo uses it. Everything in it may vanish when its server does: the database carries truth. While there is no
 * room, copies (`set`, `claim`) give way; what protects users (`mark`, `hit`) stays until it expires.
 */
export interface Cache {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, ttlSec: number): Promise<void>;
  /** Sets a key that protects users, such as a revocation. A later `set` of the key replaces it. */
  mark(key: string, value: string, ttlSec: number): Promise<void>;
  /** Stores what the answer to a client relies on. Throws `store.unavailable` where it was not stored. */
  keep(key: string, value: string, ttlSec: number): Promise<void>;
  /** Sets the key only where it is absent; answers whether it did. */
  claim(key: string, value: string, ttlSec: number): Promise<boolean>;
  /** Reads the key and deletes it in one step: of many callers, one gets the value. */
  take(key: string): Promise<string | null>;
  remove(...keys: string[]): Promise<void>;
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  /** Counts one hit in a fixed window. Exact under concurrency: of n parallel hits, `max` are allowed. */
  hit(key: string, max: number, windowSec: number): Promise<Hit>;
  /** Throws where the store cannot be reached. */
  ping(): Promise<void>;
}

export interface Hit {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetAt: Date;
}
