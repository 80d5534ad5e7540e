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

/** What is left of the user's likes, superlikes and rewinds in the windows of this moment. */
export async function read(
  { db, clock }: Uses<"db">,
  { userId }: { userId: UserId },
): Promise<{ likes: Quota; superlikes: Quota; rewinds: Quota }> {
  const at = clock.now();
  const [likes, superlikes, rewinds] = [windowOf("like", at), windowOf("superlike", at), windowOf("rewind", at)] as const;
  const used = await usedOf(db, userId, [likes, superlikes, rewinds]);
  const quota = (w: QuotaWindow): Quota => ({
    left: Math.max(w.cap - (used.get(w.kind) ?? 0), 0),
    cap: w.cap,
    resetsAt: w.resetsAt.toISOString(),
  });
  return { likes: quota(likes), superlikes: quota(superlikes), rewinds: quota(rewinds) };
}
