import { createHash } from "node:crypto";
import type { MediaId, PromptId, UserId } from "@pendo/contract/ids";
import { logging } from "@pendo/core/log/log.sql";
import type { Grid } from "@pendo/core/location/grid";
import { uploadKey } from "@pendo/core/rules/pictureKeys";
import type { Db, Tx } from "@pendo/core/ports/db/db";
import type { History } from "./acquaintances.ts";
import type { Print } from "./album.ts";
import { idAt, type Settler } from "./settler.ts";

export interface Photo {
  readonly id: MediaId;
  readonly userId: UserId;
  readonly position: number;
  readonly print: Print;
  readonly at: Date;
}

/** The people of this population who have accounts already, by their numbers. */
export async function settledBefore(db: Db, domain: string): Promise<Map<number, UserId>> {
  const rows = await db<{ n: number; userId: UserId }[]>`
    select substring(subject from '^person-([0-9]+)@')::int as n, user_id from identities
    where provider = 'email' and subject like ${`person-%@${domain}`} and subject ~ '^person-[0-9]{1,8}@'`;
  return new Map(rows.map(({ n, userId }) => [n, userId]));
}

/** Refreshes the statistics of the planner, which are those of an empty database until the server looks by itself. */
export async function analyze(db: Db): Promise<void> {
  await db`analyze`;
}

/** Who of them should be found by searches and is not: a run that was killed may have left some. */
export async function unindexed(db: Db, userIds: readonly UserId[]): Promise<UserId[]> {
  const rows = await db<{ userId: UserId }[]>`
    select user_id from profiles where user_id = any(${userIds as UserId[]}::uuid[]) and discoverable
      and not exists (select from search_documents d where d.user_id = profiles.user_id)`;
  return rows.map(({ userId }) => userId);
}

/** Writes newcomers with everything that an account and a complete profile have, as it is once all of it passed moderation. */
export async function writePeople(
  tx: Tx,
  { people, photos, grid, now }: { people: readonly Settler[]; photos: readonly Photo[]; grid: Grid; now: Date },
): Promise<void> {
  const part = json(
    people.map(({ userId, person, joinedAt, activeAt }) => {
      const { lat, lon } = grid.snap(userId, person, null);
      const { wants, intents, interests, city, name, email, gender, intent, bio, job, heightCm } = person;
      return {
        userId,
        name,
        email,
        gender,
        intent,
        bio,
        job,
        heightCm,
        interests,
        intents,
        ...wants,
        lat,
        lon,
        joinedAt,
        activeAt,
        birthDate: person.birthDate,
        locale: city.locale,
        timeZone: city.timeZone,
      };
    }),
  );
  await tx`
    with person as materialized (
      select * from jsonb_to_recordset(${part}::text::jsonb) as r ("userId" uuid, name text, email text, gender text, intent text, bio text, job text,
        "heightCm" int, interests text[], intents text[], genders text[], "ageMin" int, "ageMax" int, "radiusKm" int, lat float8, lon float8,
        "joinedAt" timestamptz, "activeAt" timestamptz, "birthDate" date, locale text, "timeZone" text)
    ), account as (
      insert into users (id, locale, time_zone, created_at, last_active_at) select "userId", locale, "timeZone", "joinedAt", "activeAt" from person
    ), identity as (
      insert into identities (provider, subject, user_id, created_at) select 'email', email, "userId", "joinedAt" from person
    ), preference as (
      insert into preferences (user_id, genders, age_min, age_max, radius_km, intents, updated_at)
      select "userId", genders, "ageMin", "ageMax", "radiusKm", intents, "joinedAt" from person
    ), notification_pref as (
      insert into notification_prefs (user_id, updated_at) select "userId", "joinedAt" from person
    )
    insert into profiles (user_id, name, shown_name, birth_date, gender, intent, bio, interests, job, height_cm, text_state, text_version, lat, lon, located_at,
      location_window_at, location_changes, discoverable, created_at, updated_at)
    select "userId", name, name, "birthDate", gender, intent, bio, interests, job, "heightCm", 'visible', 1, lat, lon, "joinedAt",
      "joinedAt", 1, true, "joinedAt", "joinedAt" from person`;
  await writeWordsAndPhotos(tx, people, photos);
  await append(
    tx,
    [
      ...people.map(({ userId, joinedAt }) => ({ userId, kind: "profile", ref: userId, at: joinedAt, likes: 0, unread: 0 })),
      ...photos.map(({ id, userId, at }) => ({ userId, kind: "media", ref: id, at, likes: 0, unread: 0 })),
    ],
    now,
  );
}

async function writeWordsAndPhotos(tx: Tx, people: readonly Settler[], photos: readonly Photo[]): Promise<void> {
  const prompts = people.flatMap(({ userId, person, joinedAt }) =>
    person.prompts.map((prompt, position) => ({ ...prompt, id: idAt<PromptId>(joinedAt), userId, position })),
  );
  await tx`
    insert into prompts (id, user_id, position, question, answer)
    select id, "userId", position, question, answer
    from jsonb_to_recordset(${json(prompts)}::text::jsonb) as r (id uuid, "userId" uuid, position int, question text, answer text)`;
  const media = photos.map(({ print: { width, height, phash, blur }, ...photo }) => ({
    ...photo,
    width,
    height,
    phash,
    blur,
    uploadKey: uploadKey(photo.id),
  }));
  await tx`
    insert into media (id, user_id, kind, state, position, content_type, upload_key, width, height, phash, blur, created_at, completed_at)
    select id, "userId", 'photo', 'visible', position, 'image/jpeg', "uploadKey", width, height, phash, blur, at, at
    from jsonb_to_recordset(${json(media)}::text::jsonb)
      as r (id uuid, "userId" uuid, position int, "uploadKey" text, width int, height int, phash text, blur text, at timestamptz)`;
}

/** Writes what happened between people, with the counts and logs that the same would have left. */
export async function writeHistory(tx: Tx, { swipes, waiting, talks }: History, now: Date): Promise<void> {
  await tx`
    insert into swipe_pairs (lo, hi, lo_action, hi_action, lo_at, hi_at)
    select lo, hi, "loAction", "hiAction", "loAt", "hiAt" from jsonb_to_recordset(${json(swipes)}::text::jsonb)
      as r (lo uuid, hi uuid, "loAction" text, "hiAction" text, "loAt" timestamptz, "hiAt" timestamptz)`;
  await tx`
    insert into likes_inbox (liked_id, liker_id, action, comment, liked_at)
    select "likedId", "likerId", action, comment, at
    from jsonb_to_recordset(${json(waiting)}::text::jsonb) as r ("likedId" uuid, "likerId" uuid, action text, comment text, at timestamptz)`;
  await writeTalks(tx, talks);
  const heard = talks.flatMap(({ matchId, lo, hi, at, messages, unread }) => [
    ...[lo, hi].map((userId) => ({ userId, kind: "match", ref: matchId as string, at, likes: 0, unread: 0 })),
    ...messages.flatMap((said, i) =>
      [lo, hi].map((userId) => ({
        userId,
        kind: "message",
        ref: said.id as string,
        at: said.at,
        likes: 0,
        unread: userId !== said.senderId && i >= messages.length - unread ? 1 : 0,
      })),
    ),
  ]);
  await append(
    tx,
    [...waiting.map(({ likedId, likerId, at }) => ({ userId: likedId, kind: "like", ref: likerId, at, likes: 1, unread: 0 })), ...heard],
    now,
  );
}

async function writeTalks(tx: Tx, talks: History["talks"]): Promise<void> {
  const rows = talks.map(({ messages, ...talk }) => ({
    ...talk,
    lastSeq: messages.length,
    lastAt: messages.at(-1)?.at ?? null,
    lastBy: messages.at(-1)?.senderId ?? null,
  }));
  await tx`
    with talk as materialized (
      select * from jsonb_to_recordset(${json(rows)}::text::jsonb) as r ("matchId" uuid, "conversationId" uuid, lo uuid, hi uuid, at timestamptz,
        "lastSeq" int, "lastAt" timestamptz, "lastBy" uuid, unread int)
    ), match as (
      insert into matches (id, lo, hi, created_at) select "matchId", lo, hi, at from talk
    ), conversation as (
      insert into conversations (id, match_id, last_seq, last_message_at, created_at) select "conversationId", "matchId", "lastSeq", "lastAt", at from talk
    )
    insert into members (conversation_id, user_id, other_id, read_seq, unread_count, active_at)
    select "conversationId", me, other, case when me = "lastBy" then "lastSeq" else "lastSeq" - unread end,
      case when me is distinct from "lastBy" then unread else 0 end, coalesce("lastAt", at)
    from talk, lateral (values (lo, hi), (hi, lo)) as both_members (me, other)`;
  const messages = talks.flatMap(({ conversationId, messages: said }) =>
    said.map((message, i) => ({ ...message, conversationId, seq: i + 1, hash: bodyHash(message.text) })),
  );
  await tx`
    insert into messages (conversation_id, seq, id, sender_id, client_message_id, kind, text, body_hash, created_at)
    select "conversationId", seq, id, "senderId", "clientMessageId", 'text', text, decode(hash, 'hex'), at
    from jsonb_to_recordset(${json(messages)}::text::jsonb)
      as r ("conversationId" uuid, seq int, id uuid, "senderId" uuid, "clientMessageId" uuid, text text, hash text, at timestamptz)`;
}

interface Entry {
  readonly userId: UserId;
  readonly kind: string;
  readonly ref: string;
  readonly at: Date;
  readonly likes: number;
  readonly unread: number;
}

/** Writes many entries of each user at once, in the order of their times. */
async function append(tx: Tx, entries: readonly Entry[], now: Date): Promise<void> {
  const sorted = entries.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map((entry, place) => ({ ...entry, place }));
  await tx`
    with entry as materialized (
      select "userId" as user_id, kind, ref, place, likes, unread
      from jsonb_to_recordset(${json(sorted)}::text::jsonb) as r ("userId" uuid, kind text, ref uuid, likes int, unread int, place int)
    ), ${logging(tx, now)}
    select`;
}

// As a message's sender would have it: a retry of these would be told apart from another text.
function bodyHash(text: string): string {
  return createHash("sha256")
    .update(JSON.stringify(["text", text, null]))
    .digest("hex");
}

function json(rows: readonly object[]): string {
  return JSON.stringify(rows);
}
