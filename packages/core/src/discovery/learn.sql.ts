import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { Intent } from "@pendo/contract/profile";
import type { Counts } from "@pendo/engine/score/standing";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { isComplete } from "../rules/completeProfile.ts";
import { utcDay } from "../rules/day.ts";
import { repliesBetween } from "../rules/reply.ts";

export interface Two {
  /** The smaller id of the two. */
  readonly lo: UserId;
  readonly hi: UserId;
}

/** What of the two was learned from: answers as true for a yes, false for a pass and null for none that stands; and the first message back. */
export interface Learned extends Two {
  readonly loLearned: boolean | null;
  readonly hiLearned: boolean | null;
  readonly loReplyLearned: boolean | null;
  readonly hiReplyLearned: boolean | null;
}

/** The row of a pair: what each answered, when, and what was learned from it. */
export interface PairRow extends Learned {
  readonly loAction: SwipeAction | null;
  readonly hiAction: SwipeAction | null;
  readonly loAt: Date | null;
  readonly hiAt: Date | null;
}

/** The rows of these pairs, locked in the order of their ids until the transaction ends. */
export async function lockPairs(tx: Tx, pairs: readonly Two[]): Promise<PairRow[]> {
  return await tx<PairRow[]>`
    select p.lo, p.hi, lo_action, hi_action, lo_at, hi_at, lo_learned, hi_learned, lo_reply_learned, hi_reply_learned
    from unnest(${pairs.map(({ lo }) => lo)}::uuid[], ${pairs.map(({ hi }) => hi)}::uuid[]) as asked (lo, hi) join swipe_pairs p using (lo, hi)
    order by p.lo, p.hi for no key update of p`;
}

/** Takes passes out that have waited for the end of their day, the oldest first. Passes that another transaction takes are left to it. */
export async function takePasses(
  tx: Tx,
  { dueBy, limit }: { readonly dueBy: Date; readonly limit: number },
): Promise<(readonly [UserId, UserId])[]> {
  const rows = await tx<{ swiperId: UserId; targetId: UserId }[]>`
    delete from passes_to_learn where (swiper_id, target_id) in (
      select swiper_id, target_id from passes_to_learn where due_on <= ${utcDay(tx, dueBy)}
      order by due_on limit ${limit} for update skip locked
    )
    returning swiper_id, target_id`;
  return rows.map(({ swiperId, targetId }) => [swiperId, targetId] as const);
}

/** Lets passes wait until a day. */
export async function keepPasses(tx: Tx, passes: readonly (readonly [UserId, UserId])[], dueOn: Date): Promise<void> {
  await tx`
    insert into passes_to_learn (swiper_id, target_id, due_on)
    select swiper_id, target_id, ${utcDay(tx, dueOn)}
    from unnest(${passes.map(([from]) => from)}::uuid[], ${passes.map(([, to]) => to)}::uuid[]) as p (swiper_id, target_id)
    order by swiper_id, target_id
    on conflict (swiper_id, target_id) do update set due_on = excluded.due_on`;
}

/** When one user first answered a message of another. */
export interface Reply {
  readonly from: UserId;
  readonly to: UserId;
  readonly at: Date;
}

/** The replies of the first of each two to the second; none where they never did. */
export async function repliesOf(sql: Queryable, pairs: readonly (readonly [UserId, UserId])[]): Promise<Reply[]> {
  return await sql<Reply[]>`
    select a as from, b as to, min(m.created_at) as at
    from ${repliesBetween(sql, pairs)}
    group by a, b`;
}

export interface LearnedAbout {
  readonly userId: UserId;
  readonly birthDate: string;
  readonly intent: Intent | null;
  readonly interests: readonly string[];
  readonly createdAt: Date;
}

/** Those of these people about whom can be learned: whose profiles lack nothing. */
export async function learnedAbout(sql: Queryable, userIds: readonly UserId[]): Promise<LearnedAbout[]> {
  return await sql<LearnedAbout[]>`
    select p.user_id, p.birth_date::text as birth_date, p.intent, p.interests, u.created_at from profiles p join users u on u.id = p.user_id
    where p.user_id = any(${userIds as UserId[]}::uuid[]) and u.status <> 'deleted'
      and ${isComplete(sql, "p")}`;
}

/** Holds what is believed of these until the transaction ends, also where nothing is yet. They are locked in the order of their ids. */
export async function hold(tx: Tx, userIds: readonly UserId[]): Promise<void> {
  // Where there is a row it is locked, and stays as it is.
  await tx`
    insert into beliefs as b (user_id)
    select id from unnest(${userIds as UserId[]}::uuid[]) as asked (id) order by id
    on conflict (user_id) do update set learned = b.learned where false`;
}

export interface Held extends Counts {
  readonly userId: UserId;
  readonly learned: Uint8Array;
}

/** What is believed of these who are held, and counted. */
export async function heldOf(sql: Queryable, userIds: readonly UserId[]): Promise<Held[]> {
  return await sql<Held[]>`
    select user_id, learned, yeses, swipes, shown from beliefs where user_id = any(${userIds as UserId[]}::uuid[])`;
}

export interface Believed extends Held {
  readonly actor: number;
  readonly target: number;
  readonly worth: number;
}

/** Keeps what is believed of people who are held, and counted. */
export async function believe(tx: Tx, people: readonly Believed[]): Promise<void> {
  await tx`
    update beliefs b set actor = n.actor, target = n.target, learned = decode(n.learned, 'hex'), yeses = n.yeses, swipes = n.swipes, worth = n.worth, shown = n.shown
    from unnest(${people.map(({ userId }) => userId)}::uuid[], ${people.map(({ actor }) => actor)}::real[], ${people.map(({ target }) => target)}::real[],
      ${people.map(({ learned }) => Buffer.from(learned).toString("hex"))}::text[], ${people.map(({ yeses }) => yeses)}::int[],
      ${people.map(({ swipes }) => swipes)}::int[], ${people.map(({ worth }) => worth)}::real[], ${people.map(({ shown }) => shown)}::int[])
      as n (user_id, actor, target, learned, yeses, swipes, worth, shown)
    where b.user_id = n.user_id`;
}

/** Notes what of pairs that are locked was learned from. */
export async function markLearned(tx: Tx, pairs: readonly Learned[]): Promise<void> {
  await tx`
    update swipe_pairs p
    set lo_learned = n.lo_learned, hi_learned = n.hi_learned, lo_reply_learned = n.lo_reply_learned, hi_reply_learned = n.hi_reply_learned
    from unnest(${pairs.map(({ lo }) => lo)}::uuid[], ${pairs.map(({ hi }) => hi)}::uuid[],
      ${pairs.map(({ loLearned }) => written(loLearned))}::text[]::boolean[], ${pairs.map(({ hiLearned }) => written(hiLearned))}::text[]::boolean[],
      ${pairs.map(({ loReplyLearned }) => written(loReplyLearned))}::text[]::boolean[], ${pairs.map(({ hiReplyLearned }) => written(hiReplyLearned))}::text[]::boolean[])
      as n (lo, hi, lo_learned, hi_learned, lo_reply_learned, hi_reply_learned)
    where p.lo = n.lo and p.hi = n.hi`;
}

/** The driver takes a list of truth values for one of them. */
function written(value: boolean | null): string | null {
  return value === null ? null : String(value);
}
