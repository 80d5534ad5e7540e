export interface BannedWord {
  /** As it stands in a regular expression, without word boundaries. */
  readonly word: string;
  readonly instead: string;
}

/** Words that plain English does without (docs/glossary.md has the terms to use). */
export const bannedWords: readonly BannedWord[] = [
  { word: "whoever", instead: "the user who, the client that" },
  { word: "whom", instead: "name the user" },
  { word: "somebody", instead: "a user" },
  { word: "nobody", instead: "no user" },
  { word: "so many", instead: "the number" },
  { word: "what stands", instead: "name the thing" },
  { word: "(?:is|are|was|were) told", instead: "gets, knows" },
  { word: "letters?", instead: "email, or character" },
  { word: "anew", instead: "again" },
  { word: "gone", instead: "removed, deleted, lost" },
  { word: "answers", instead: "returns, responds" },
  { word: "facts?", instead: "event" },
];

/** Words of the API reference, which speaks to its reader: "you" is the user who calls. */
export const bannedInReference: readonly BannedWord[] = [
  ...bannedWords,
  { word: "one's|oneself", instead: "your" },
  { word: "the caller", instead: "you" },
  { word: "I|me|my", instead: "you, your" },
  { word: "person|people", instead: "user" },
];

/** Phrases that hold a banned word and are right, each with its reason. */
const allowedPhrases: Readonly<Record<string, string>> = {
  "dead[ -]letters?": "a term of the glossary",
  "dead-letters?\\b": "a path of the API",
  "410 Gone": "the name of an HTTP status",
  "answers of prompts": "a user answers a question of a prompt",
};

/** The banned words of a text, each with its line and what to write instead. */
export function wordsFound(text: string, banned: readonly BannedWord[] = bannedWords): string[] {
  const allowed = new RegExp(Object.keys(allowedPhrases).join("|"), "gi");
  return text.split("\n").flatMap((line, at) => {
    const rest = line.replace(allowed, "");
    return banned
      .filter(({ word }) => new RegExp(`(?<![\\w./-])(?:${word})(?![\\w/-]|\\.\\w)`, word.startsWith("I|") ? "" : "i").test(rest))
      .map(({ word, instead }) => `line ${at + 1}: "${word}"; write: ${instead}`);
  });
}

/** A page without its blocks of code, its inline code and the addresses of its links. Lines keep their numbers. */
export function proseOf(markdown: string): string {
  return markdown
    .replaceAll(/^```[^]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ""))
    .replaceAll(/`[^`\n]*`/g, "")
    .replaceAll(/\]\([^)\n]*\)/g, "]")
    .replaceAll(/<!--[^]*?-->/g, (comment) => comment.replaceAll(/[^\n]/g, ""));
}
