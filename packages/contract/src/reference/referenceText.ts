import { framesMarkdown } from "./framesMarkdown.ts";
import { guides } from "./guides.ts";

/** The text before the operations of the reference, in Markdown: the conventions of the API, and its guides. */
export function referenceText(): string {
  return `${conventions}\n\n${guides(framesMarkdown())}`;
}

const conventions = [
  "The API of a dating app: sign-up, profiles, discovery, swipes, matches, chat and safety.",
  "Errors are problem details (RFC 9457). The meaning of a `code` never changes.",
  "Lists come in pages: send `next` back as `cursor`.",
  "Times are RFC 3339 in UTC. Ids are UUIDv7 in lower case; requests may use upper case.",
  "The frames of the socket are also an [AsyncAPI document](/asyncapi.json), and each error code has an entry in the [error guide](/docs/errors).",
].join(" ");
