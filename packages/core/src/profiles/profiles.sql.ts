import type { UserId } from "@pendo/contract/ids";
import type { Visibility } from "@pendo/contract/myProfile";
import type { Gender, Intent, Prompt } from "@pendo/contract/profile";
import type { Queryable, Tx } from "../ports/db/db.ts";

/** What a person says about themself. */
export interface Said {
  readonly name: string | null;
  readonly birthDate: string | null;
  readonly gender: Gender | null;
  readonly intent: Intent | null;
  readonly bio: string;
  readonly interests: string[];
  readonly job: string | null;
  readonly school: string | null;
  readonly heightCm: number | null;
  readonly visibility: Visibility;
}

export interface OwnRow extends Said {
  readonly locatedAt: Date | null;
  readonly textState: "pending" | "visible" | "rejected";
  readonly discoverable: boolean;
  readonly prompts: Prompt[];
}

/** Makes the row of a profile where there is none yet. */
export async function ensureProfile(sql: Queryable, userId: UserId, at: Date): Promise<void> {
  await sql`insert into profiles (user_id, created_at, updated_at) values (${userId}, ${at}, ${at}) on conflict do nothing`;
}

/** The profile as its owner sees it, whatever moderation says, with the prompts in their order. Null before anything was written. */
export async function ownProfile(sql: Queryable, userId: UserId): Promise<OwnRow | null> {
  const rows = await sql<OwnRow[]>`
    select name, birth_date::text, gender, intent, bio, interests, job, school, height_cm, visibility, located_at, text_state, discoverable, (
      select coalesce(json_agg(json_build_object('id', id, 'question', question, 'answer', answer) order by position), '[]')
      from prompts where user_id = p.user_id
    ) as prompts
    from profiles p where user_id = ${userId}`;
  return rows[0] ?? null;
}

/** What somebody says now, locked until the transaction ends. */
export async function lockSaid(tx: Tx, userId: UserId): Promise<Said> {
  const rows = await tx<Said[]>`
    select name, birth_date::text, gender, intent, bio, interests, job, school, height_cm, visibility
    from profiles where user_id = ${userId} for update`;
  const row = rows[0];
  if (!row) throw new Error("the profile was not made before it was locked");
  return row;
}

export interface SaidChange {
  readonly userId: UserId;
  readonly said: Said;
  /** Whether words changed: they wait for a verdict then. */
  readonly reworded: boolean;
  readonly at: Date;
}

/** Replaces all fields that the user writes. Where `reworded`, all texts of the profile are hidden until their verdict. */
export async function writeSaid(sql: Queryable, { userId, said, reworded, at }: SaidChange): Promise<void> {
  await sql`
    update profiles set
      name = ${said.name}, birth_date = ${said.birthDate}, gender = ${said.gender}, intent = ${said.intent}, bio = ${said.bio},
      interests = ${said.interests}, job = ${said.job}, school = ${said.school}, height_cm = ${said.heightCm},
      visibility = ${said.visibility}, updated_at = ${at}
    where user_id = ${userId}`;
  if (reworded) await awaitVerdict(sql, userId, at);
}

/** Hides a profile's words until the moderation of this version. */
export async function awaitVerdict(sql: Queryable, userId: UserId, at: Date): Promise<void> {
  await sql`
    update profiles set text_state = 'pending', text_version = text_version + 1, updated_at = ${at} where user_id = ${userId}`;
}
