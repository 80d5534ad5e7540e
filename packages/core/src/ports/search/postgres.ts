import type { UserId } from "@pendo/contract/ids";
import type { Db } from "../db/db.ts";
import type { ProfileDocument, ProfileQuery, Search } from "./search.ts";
import { documentWords, fold, page, positionAfter, queryWords, rowsMax, type Position } from "./words.ts";

/** Search in PostgreSQL: alone on one machine, and the degraded mode where OpenSearch is down. */
export function postgresSearch({ db }: { readonly db: Db }): Search {
  return {
    async index(documents) {
      if (documents.length > 0) await upsert(db, documents);
    },

    async remove(userIds) {
      // Locked in the order in which `index` locks, so that the two never wait for each other in a circle.
      await db`
        with gone as (select user_id from search_documents where user_id = any(${userIds as UserId[]}::uuid[]) order by user_id for update)
        delete from search_documents where user_id in (select user_id from gone)`;
    },

    async find(query) {
      const after = positionAfter(query);
      const asked = queryWords(query);
      if (asked === "nothing") return { userIds: [], next: null };
      const rows = asked === "anything" ? await byAge(db, query, after) : await byWords(db, query, after, asked);
      return page(query, rows);
    },

    // A committed row is found at once.
    refresh: async () => {},

    async ping() {
      await db`select 1`;
    },
  };
}

/** Without a text everybody is a hit, so the rows are read in their order until the page is full, and not sorted. */
function byAge(db: Db, query: ProfileQuery, after: Position | null): Promise<Position[]> {
  return db<Position[]>`
    select 0 as in_name, user_id from search_documents
    where ${after ? db`user_id < ${after.userId}` : db`true`} ${filters(db, query)}
    order by user_id desc limit ${rowsMax(query)}`;
}

interface Asked {
  readonly whole: string[];
  readonly prefix: string;
}

/** Two queries, one for each half of the order: each stops when the page is full, and a word that everybody uses costs no sorting. */
async function byWords(db: Db, query: ProfileQuery, after: Position | null, { whole, prefix }: Asked): Promise<Position[]> {
  const words = [...whole.map(quoted), `${quoted(prefix)}:*`].join(" & ");
  const inName = [...whole.map(quotedInName), `${quotedInName(prefix)}:*`].join(" & ");

  function half(half: 0 | 1, rows: number): Promise<Position[]> {
    return db<Position[]>`
      select ${half}::int as in_name, user_id from search_documents
      where ${half ? db`words @@ ${inName}::tsquery` : db`words @@ ${`${words} & !(${inName})`}::tsquery`}
        and ${after?.inName === half ? db`user_id < ${after.userId}` : db`true`} ${filters(db, query)}
      order by user_id desc limit ${rows}`;
  }

  const named = after?.inName === 0 ? [] : await half(1, rowsMax(query));
  const left = rowsMax(query) - named.length;
  return left > 0 ? [...named, ...(await half(0, left))] : named;
}

async function upsert(db: Db, documents: readonly ProfileDocument[]): Promise<void> {
  // Of two documents of one user the later counts; rows are locked in the order of ids, so that batches don't lock each other out.
  const newest = [...new Map(documents.map((document) => [document.userId, document])).values()];
  const rows = newest
    .toSorted((one, other) => (one.userId < other.userId ? -1 : 1))
    .map((document) => ({
      user_id: document.userId,
      name: document.name,
      bio: document.bio,
      prompts: document.prompts,
      interests: document.interests.map(fold),
      gender: document.gender,
      birth_date: document.birthDate,
      intent: document.intent,
      lat: document.lat,
      lon: document.lon,
      words: vector(document),
    }));
  // A user who was purged meanwhile has nothing to be found by: the document is dropped instead of breaking the foreign key.
  await db`
    insert into search_documents (user_id, name, bio, prompts, interests, gender, birth_date, intent, lat, lon, words)
    select d.user_id, d.name, d.bio, d.prompts, d.interests, d.gender, d.birth_date, d.intent, d.lat, d.lon, d.words::tsvector
    from jsonb_to_recordset(${db.json(rows)}) as d (
      user_id uuid, name text, bio text, prompts text, interests text[], gender text, birth_date date, intent text,
      lat double precision, lon double precision, words text
    ) join users u on u.id = d.user_id
    order by d.user_id
    on conflict (user_id) do update set
      name = excluded.name, bio = excluded.bio, prompts = excluded.prompts, interests = excluded.interests, gender = excluded.gender,
      birth_date = excluded.birth_date, intent = excluded.intent, lat = excluded.lat, lon = excluded.lon, words = excluded.words`;
}

/** The words as a tsvector's text; those of the name occur twice. Where in a text a word stands is of no use to us. */
function vector(document: ProfileDocument): string {
  const { all, inName } = documentWords(document);
  return [...all.map(quoted), ...[...inName].map(quotedInName)].join(" ");
}

/** A word as a lexeme. Words hold letters and digits only, so there is nothing to escape. */
function quoted(word: string): string {
  return `'${word}'`;
}

/** A word of the name as a lexeme of its own, which no word can be: found by the index, where a weight would have to be rechecked. */
function quotedInName(word: string): string {
  return `'=${word}'`;
}

function filters(db: Db, { genders, bornAfter, bornBefore, intents, interests, near }: ProfileQuery) {
  return db`
    ${genders?.length ? db`and gender = any(${genders as string[]})` : db``}
    ${intents?.length ? db`and intent = any(${intents as string[]})` : db``}
    ${interests?.length ? db`and interests && ${interests.map(fold)}::text[]` : db``}
    ${bornAfter === undefined ? db`` : db`and birth_date > ${bornAfter}::date`}
    ${bornBefore === undefined ? db`` : db`and birth_date <= ${bornBefore}::date`}
    ${
      near
        ? db`
      and earth_box(ll_to_earth(${near.lat}, ${near.lon}), ${near.radiusKm * 1000}) @> ll_to_earth(lat, lon)
      and earth_distance(ll_to_earth(${near.lat}, ${near.lon}), ll_to_earth(lat, lon)) <= ${near.radiusKm * 1000}`
        : db``
    }`;
}
