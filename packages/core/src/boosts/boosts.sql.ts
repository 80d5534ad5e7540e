import type { BoostId, UserId } from "@pendo/contract/ids";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { boosting } from "../rules/boosting.ts";

export interface Running {
  readonly id: BoostId;
  readonly startedAt: Date;
  readonly until: Date;
}

/** The boost of a user that runs at a moment. */
export async function running(sql: Queryable, userId: UserId, at: Date): Promise<Running | undefined> {
  const [row] = await sql<Running[]>`select id, started_at, until from boosts b where user_id = ${userId} and ${boosting(sql, at)}`;
  return row;
}

/** Whether a profile is shown to others. Its row is held until the transaction ends, so that a user's boosts start one after the other. */
export async function lockShown(tx: Tx, userId: UserId): Promise<boolean> {
  const [row] = await tx<{ discoverable: boolean }[]>`select discoverable from profiles where user_id = ${userId} for no key update`;
  return row?.discoverable ?? false;
}

/** Keeps a boost that begins at `startedAt` and ends at `until`. */
export async function insert(tx: Tx, { id, userId, startedAt, until }: Running & { readonly userId: UserId }): Promise<void> {
  await tx`insert into boosts (id, user_id, started_at, until) values (${id}, ${userId}, ${startedAt}, ${until})`;
}

export interface Ended {
  readonly boostId: BoostId;
  readonly userId: UserId;
}

/**
 * Notes that boosts are over whose time has come, of one user or of everybody, counts who saw them and forgets who that was. What another run holds,
 * it tells.
 */
export async function endDue(
  tx: Tx,
  { at, limit, userId }: { readonly at: Date; readonly limit: number; readonly userId?: UserId },
): Promise<Ended[]> {
  return await tx<Ended[]>`
    with due as (
      select id from boosts where ended_at is null and until <= ${at} and (${userId ?? null}::uuid is null or user_id = ${userId ?? null}::uuid)
      order by until limit ${limit} for update skip locked
    ), views as (
      delete from boost_views using due where boost_id = due.id returning boost_id
    ), counted as (
      select due.id, count(boost_id)::int as seen from due left join views on boost_id = due.id group by due.id
    )
    update boosts b set ended_at = ${at}, seen = counted.seen from counted where b.id = counted.id returning b.id as boost_id, b.user_id`;
}

/** Notes that the viewer was shown these people, as far as they are boosted: once for each boost. */
export async function noteViews(
  sql: Queryable,
  { viewerId, userIds, at }: { readonly viewerId: UserId; readonly userIds: readonly UserId[]; readonly at: Date },
): Promise<void> {
  await sql`
    insert into boost_views (boost_id, viewer_id)
    select id, ${viewerId}::uuid from boosts b where user_id = any(${userIds as UserId[]}::uuid[]) and user_id <> ${viewerId}::uuid and ${boosting(sql, at)}
    on conflict do nothing`;
}

/** How many saw a boost that is over. */
export async function seenOf(sql: Queryable, id: BoostId): Promise<number | undefined> {
  const [row] = await sql<{ seen: number }[]>`select seen from boosts where id = ${id} and ended_at is not null`;
  return row?.seen;
}
