/** Who may work on a shard, and until when. The token grows with every new holder, so that whoever held it before is told apart. */
export interface Lease {
  readonly shard: number;
  readonly holder: string;
  readonly token: number;
  readonly untilMs: number;
}

export interface Claim {
  readonly shard: number;
  readonly holder: string;
  readonly nowMs: number;
  readonly forMs: number;
}

/**
 * The lease that the claimant may write in the place of the present one, or null where somebody else's still runs. The writer makes the write conditional
 * on the present token; of two claimants at once, one then fails.
 */
export function claim(present: Lease | null, { shard, holder, nowMs, forMs }: Claim): Lease | null {
  const untilMs = nowMs + forMs;
  if (present === null) return { shard, holder, token: 1, untilMs };
  const runs = present.untilMs > nowMs;
  if (runs && present.holder === holder) return { ...present, untilMs: Math.max(present.untilMs, untilMs) };
  return runs ? null : { shard, holder, token: present.token + 1, untilMs };
}

/** The lease given back early: it has ended, and the next holder's token is higher all the same. */
export function release(present: Lease, { holder, token }: Pick<Lease, "holder" | "token">): Lease | null {
  return present.holder === holder && present.token === token ? { ...present, untilMs: 0 } : null;
}

/** What stands before everything that shards write (snapshots, decks): it lets through no token below one it has seen. */
export class Fence {
  readonly #highest = new Map<number, number>();

  /** Whether a write with this lease's token may happen. A pause of any length between claim and write cannot fool it. */
  admits({ shard, token }: Pick<Lease, "shard" | "token">): boolean {
    if (token < (this.#highest.get(shard) ?? 0)) return false;
    this.#highest.set(shard, token);
    return true;
  }
}
