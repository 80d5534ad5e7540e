import { UserId } from "@pendo/contract/ids";
import * as z from "zod";
import { decode, encode } from "../../cursor.ts";
import type { ProfileDocument, ProfileHits, ProfileQuery } from "./search.ts";

// Both engines index exactly these words, so that they find the same people: their own tokenizers disagree about hyphens, apostrophes,
// accents and addresses, and a search that falls back to the other engine in the middle of its pages must not skip or repeat anybody.

const WORD_MAX = 64;
const DOCUMENT_WORDS_MAX = 2_000;
const QUERY_WORDS_MAX = 16;
const HITS_MAX = 200;

/** Lower case, compatible forms merged, Latin, Greek and Cyrillic accents dropped. */
export function fold(text: string): string {
  const plain = text.normalize("NFKD").replaceAll(/[\u0300-\u036f]/g, "");
  return plain.normalize("NFKC").toLowerCase().trim();
}

/** The different words of a text, folded: runs of letters, marks and digits of any script. */
export function words(text: string): string[] {
  const found = fold(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  // Cut between characters: the database takes no half of one.
  return [...new Set(found.map((word) => (word.length > WORD_MAX ? word.slice(0, WORD_MAX).replace(/[\ud800-\udbff]$/, "") : word)))];
}

/** What is indexed of a document: all its words, and which of them occur in the name. */
export function documentWords(document: ProfileDocument): { all: string[]; inName: Set<string> } {
  const name = words(document.name);
  const all = words([document.name, document.interests.join(" "), document.bio, document.prompts].join(" "));
  return { all: all.slice(0, DOCUMENT_WORDS_MAX), inName: new Set(name) };
}

/** What is asked of the words: nothing, something that no document has (a text without any letter), or all of these, the last a prefix. */
export function queryWords({ text }: ProfileQuery): "anything" | "nothing" | { whole: string[]; prefix: string } {
  if (text.trim() === "") return "anything";
  const asked = words(text).slice(0, QUERY_WORDS_MAX);
  const prefix = asked.at(-1);
  return prefix === undefined ? "nothing" : { whole: asked.slice(0, -1), prefix };
}

/**
 * Where a page ended. Pages run through people whose name has the words, then the others, and in each of the two from the newest member
 * to the oldest: an order that no write of somebody else's document changes, as a score would be.
 */
export interface Position {
  readonly inName: 0 | 1;
  readonly userId: UserId;
}

const SortKey = z.tuple([z.union([z.literal(0), z.literal(1)]), UserId]);

/**
 * The place after which a page begins; null for the first page.
 * @throws {Fault} `input.invalid`: `after` did not come from `next`
 */
export function positionAfter({ after }: ProfileQuery): Position | null {
  if (after === undefined) return null;
  const [inName, userId] = decode(after, SortKey);
  return { inName, userId };
}

/** How many rows to ask an engine for: one more than the page, to know whether there is a next one. */
export function rowsMax({ limit }: ProfileQuery): number {
  return pageSize(limit) + 1;
}

/** Makes a page of what an engine answered to `rowsMax`. */
export function page({ limit }: ProfileQuery, rows: readonly Position[]): ProfileHits {
  const shown = rows.slice(0, pageSize(limit));
  const last = shown.at(-1);
  const next = last && rows.length > shown.length ? encode([last.inName, last.userId]) : null;
  return { userIds: shown.map((row) => row.userId), next };
}

function pageSize(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit), 1), HITS_MAX);
}
