import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { AnswerRow, PersonRow } from "@pendo/engine/state/input";
import { boosting } from "../rules/boosting.ts";
import type { Db, Queryable, Tx } from "../ports/db/db.ts";
import { isComplete } from "../rules/completeProfile.ts";
import { isPair, ownSide } from "../rules/pair.ts";
import { isReply, repliesBetween } from "../rules/reply.ts";
import { travelling } from "../rules/travelling.ts";

/** What stands of a swipe, and whether the one blocks the other. */
export interface TieRow extends AnswerRow {
  readonly action: SwipeAction | null;
  readonly blocks: boolean;
}

export interface BlockRow {
  readonly blockerId: UserId;
  readonly blockedId: UserId;
}

// Rows are many: they come in parts.
const PART = 2_000;

function people(sql: Queryable, at: Date) {
  return sql`
    select u.id as user_id, p.birth_date::text as birth_date, p.gender, p.intent, p.interests, p.lat, p.lon, t.lat as travel_lat, t.lon as travel_lon, f.genders, f.age_min, f.age_max,
      f.radius_km, f.intents, p.discoverable and u.status = 'active' as shown, u.created_at, u.last_active_at,
      exists (select from boosts b where b.user_id = u.id and ${boosting(sql, at)}) as boosted
    from users u join profiles p on p.user_id = u.id join preferences f on f.user_id = u.id
      left join travels t on t.user_id = u.id and ${travelling(sql, at)}
    where u.status <> 'deleted' and ${isComplete(sql, "p")}`;
}

/** Those of these people whose profiles are complete, as they are now. */
export async function peopleOf(sql: Queryable, userIds: readonly UserId[], at: Date): Promise<PersonRow[]> {
  return await sql<PersonRow[]>`${people(sql, at)} and u.id = any(${userIds as UserId[]}::uuid[])`;
}

/** What the first of each pair now has with the second: one row for each pair, the oldest answers first. */
export async function tiesOf(sql: Queryable, pairs: readonly (readonly [UserId, UserId])[]): Promise<TieRow[]> {
  const [from, to] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
  return await sql<TieRow[]>`
    select a as swiper_id, b as target_id, ${ownSide(sql, "s", sql`a`, "action")} as action, ${ownSide(sql, "s", sql`a`, "at")} as at,
      exists (select from blocks join users on users.id = blocked_id where blocker_id = a and blocked_id = b) as blocks
    from unnest(${from}::uuid[], ${to}::uuid[]) as asked (a, b) left join swipe_pairs s on ${isPair(sql, "s", sql`a`, sql`b`)}
    order by at nulls first, a, b`;
}

/** When the first of each pair answered a message of the second, one row for each conversation; none where they never did. */
export async function messagesAnswered(sql: Queryable, pairs: readonly (readonly [UserId, UserId])[]): Promise<AnswerRow[]> {
  return await sql<AnswerRow[]>`
    select a as swiper_id, b as target_id, 'answered' as action, m.created_at as at
    from ${repliesBetween(sql, pairs)}
    order by at, a, b`;
}

/** Where in the history of a database somebody has read up to. */
export interface Position {
  /** Which database: positions of another mean nothing here. */
  readonly database: string;
  /** The oldest transaction that was still running; everything before it has been read. */
  readonly xid: string;
}

/** What changed since a position, read in one snapshot of the database. Where there is no position, or it is of no use, everything did. */
export interface Changes {
  /** From where to read the next time. */
  readonly position: Position;
  /** Whether only what changed is read, and not everything. */
  readonly isPartial: boolean;
  people(at: Date): AsyncIterable<PersonRow[]>;
  /** The ids of people whose rows changed, whatever became of them, and of whoever was active since a day: what time changes is to be read of them too. */
  touched(activeSince: Date | null): AsyncIterable<{ userId: UserId }[]>;
  /** Answers, taken-back ones and messages answered included, the oldest first. */
  answers(): AsyncIterable<AnswerRow[]>;
  /** All blocks between users, and everybody there is: what was deleted leaves no row that could have changed. */
  blocks(): AsyncIterable<BlockRow[]>;
  everybody(): AsyncIterable<{ userId: UserId }[]>;
}

/**
 * Reads what changed since a position, exactly: a row version carries the transaction that wrote it, so whatever was committed after the position was taken
 * bears a number of at least the oldest transaction that was running then. Clocks play no part, and neither does the order of commits. A row that changed
 * shortly before may be read once more.
 */
export async function readChanges<T>(db: Db, since: Position | null, read: (changes: Changes) => Promise<T>): Promise<T> {
  const result = await db.begin("isolation level repeatable read read only", async (tx) => {
    const position = await positionOf(tx);
    const isPartial = since !== null && isOfUse(since, position);
    return await read(changes(tx, position, isPartial ? since : null));
  });
  return result as T;
}

/** Whether changes since this position can be read from this database. */
export async function isReadable(db: Db, position: Position): Promise<boolean> {
  return await readChanges(db, position, async ({ isPartial }) => isPartial);
}

async function positionOf(tx: Tx): Promise<Position> {
  const [row] = await tx<[Position]>`
    select (select oid from pg_database where datname = current_database())::text || '/' || 'users'::regclass::oid::text as database,
      pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
  return row;
}

/** Not one of another database, not from the future of this one (it was restored), and not so old that transaction numbers have come round. */
function isOfUse(since: Position, now: Position): boolean {
  if (since.database !== now.database || !/^\d{1,19}$/.test(since.xid)) return false;
  const ago = BigInt(now.xid) - BigInt(since.xid);
  return ago >= 0n && ago < 2n ** 31n - 10_000_000n;
}

function changes(tx: Tx, position: Position, since: Position | null): Changes {
  // Both ages are counted from the same transaction. A frozen row that is older than numbers reach seems new, and is read again.
  const oldest = since === null ? "0" : String(BigInt(since.xid) % 2n ** 32n);
  const changed = (xmin: ReturnType<Tx>) => (since === null ? tx`true` : tx`age(${xmin}) <= age(${oldest}::text::xid)`);
  const touched = tx`(${changed(tx`u.xmin`)} or ${changed(tx`p.xmin`)} or ${changed(tx`f.xmin`)} or ${changed(tx`t.xmin`)})`;
  const given = since === null ? tx`where action is not null` : tx``;
  return {
    position,
    isPartial: since !== null,
    people: (at) => tx<PersonRow[]>`${people(tx, at)} and ${touched}`.cursor(PART),
    touched: (activeSince) =>
      tx<{ userId: UserId }[]>`
        select u.id as user_id from users u left join profiles p on p.user_id = u.id left join preferences f on f.user_id = u.id
          left join travels t on t.user_id = u.id
        where ${touched} or exists (select from boosts b where b.user_id = u.id and ${changed(tx`b.xmin`)})
          or u.last_active_at > ${activeSince}::timestamptz`.cursor(PART),
    answers: () =>
      tx<AnswerRow[]>`
        select swiper_id, target_id, action, at from (
          select lo as swiper_id, hi as target_id, lo_action as action, lo_at as at from swipe_pairs where ${changed(tx`swipe_pairs.xmin`)}
          union all select hi, lo, hi_action, hi_at from swipe_pairs where ${changed(tx`swipe_pairs.xmin`)}
          union all select m.sender_id, w.other_id, 'answered', m.created_at
            from conversations c join messages m on ${isReply(tx)}
              join members w on w.conversation_id = c.id and w.user_id = m.sender_id
            where ${changed(tx`c.xmin`)}
        ) as answers ${given} order by at nulls first, swiper_id, target_id, action = 'answered'`.cursor(PART),
    blocks: () => tx<BlockRow[]>`select blocker_id, blocked_id from blocks join users on users.id = blocked_id`.cursor(PART),
    everybody: () => tx<{ userId: UserId }[]>`select id as user_id from users`.cursor(PART),
  };
}
