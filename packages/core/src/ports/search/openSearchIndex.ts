import type { ProfileDocument, ProfileQuery } from "./search.ts";
import { documentWords, fold, queryWords, type Position } from "./words.ts";

const keyword = { type: "keyword" } as const;
const words = {
  // The words come folded and separated by spaces, so that both engines agree on what a word is.
  type: "text",
  analyzer: "whitespace",
  norms: false,
  index_options: "docs",
  index_prefixes: { min_chars: 1, max_chars: 8 },
} as const;

/** How documents are indexed. Whoever changes this gives the index a new name, since a mapping never changes under its documents. */
export const mappings = {
  dynamic: "strict",
  _source: { enabled: true },
  properties: {
    userId: keyword,
    words,
    nameWords: words,
    interests: keyword,
    gender: keyword,
    intent: keyword,
    birthDate: { type: "date", format: "strict_date" },
    place: { type: "geo_point" },
  },
} as const;

/** A document as it is stored. Only what is searched: a hit is an id, and what is shown of it comes from the database. */
export function source(document: ProfileDocument): Record<string, unknown> {
  const { all, inName } = documentWords(document);
  const { userId, gender, intent, birthDate, lat, lon } = document;
  return {
    userId,
    gender,
    intent,
    birthDate,
    words: all.join(" "),
    nameWords: [...inName].join(" "),
    interests: document.interests.map(fold),
    place: lat === null || lon === null ? null : { lat, lon },
  };
}

/** The query, or null where it can find nobody. */
export function searchBody(query: ProfileQuery, after: Position | null, size: number): Record<string, unknown> | null {
  const asked = queryWords(query);
  if (asked === "nothing") return null;
  const text = asked === "anything" ? null : [...asked.whole, asked.prefix].join(" ");
  // All words, the last as a prefix: what `match_bool_prefix` does with its operator set to "and".
  const matching = (field: string) => ({ match_bool_prefix: { [field]: { query: text, operator: "and", analyzer: "whitespace" } } });
  return {
    size,
    _source: false,
    track_total_hits: false,
    query: {
      bool: {
        filter: [...(text === null ? [] : [matching("words")]), ...filters(query)],
        // The score is 1 where the name has the words and 0 elsewhere: it sorts, and stays what it is while the index changes.
        should: text === null ? [] : [{ constant_score: { filter: matching("nameWords"), boost: 1 } }],
        minimum_should_match: 0,
      },
    },
    sort: [{ _score: "desc" }, { userId: "desc" }],
    ...(after ? { search_after: [after.inName, after.userId] } : {}),
  };
}

function filters({ genders, bornAfter, bornBefore, intents, interests, near }: ProfileQuery): object[] {
  const clauses: object[] = [];
  if (genders?.length) clauses.push({ terms: { gender: genders } });
  if (intents?.length) clauses.push({ terms: { intent: intents } });
  if (interests?.length) clauses.push({ terms: { interests: interests.map(fold) } });
  if (bornAfter !== undefined) clauses.push({ range: { birthDate: { gt: bornAfter } } });
  if (bornBefore !== undefined) clauses.push({ range: { birthDate: { lte: bornBefore } } });
  if (near) clauses.push({ geo_distance: { distance: `${near.radiusKm}km`, place: { lat: near.lat, lon: near.lon } } });
  return clauses;
}
