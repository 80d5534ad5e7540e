import type { UserId } from "@pendo/contract/ids";
import type { Uses } from "../ports/ports.ts";
import { usedOf } from "./quotas.sql.ts";
import { windowOf, type QuotaWindow } from "./windows.ts";

export interface Quota {
  /** Null: no limit. */
  readonly left: number | null;
  readonly cap: number | null;
  readonly resetsAt: string | null;
}

export interface Quotas {
  readonly likes: Quota;
  readonly superlikes: Quota;
  readonly rewinds: Quota;
  readonly boosts: Quota;
  readonly travels: Quota;
  readonly messagePhotos: Quota;
}

/** What is left of everything that a user may do so often, in the windows of this moment. */
export async function get({ db, clock }: Uses<"db">, { userId }: { userId: UserId }): Promise<Quotas> {
  const at = clock.now();
  const windows = {
    likes: windowOf("like", at),
    superlikes: windowOf("superlike", at),
    rewinds: windowOf("rewind", at),
    boosts: windowOf("boost", at),
    travels: windowOf("travel", at),
    messagePhotos: windowOf("messagePhoto", at),
  };
  const used = await usedOf(db, userId, Object.values(windows));
  const quota = (w: QuotaWindow): Quota => ({
    left: Math.max(w.cap - (used.get(w.kind) ?? 0), 0),
    cap: w.cap,
    resetsAt: w.resetsAt.toISOString(),
  });
  return {
    likes: quota(windows.likes),
    superlikes: quota(windows.superlikes),
    rewinds: quota(windows.rewinds),
    boosts: quota(windows.boosts),
    travels: quota(windows.travels),
    messagePhotos: quota(windows.messagePhotos),
  };
}
