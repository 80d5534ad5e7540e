import { resolveConfusablesTransformer, resolveLeetSpeakTransformer, type TransformerContainer } from "obscenity";

const confusables = mapper(resolveConfusablesTransformer());
const leetSpeak = mapper(resolveLeetSpeakTransformer());

/** Four times the longest text. Honest texts grow at most threefold: a Korean syllable has up to three letters. */
export const FOLDED_MAX = 16_000;

const INVISIBLE = /[\p{M}\p{Default_Ignorable_Code_Point}]/u;
const ASCII = /^\p{ASCII}$/u;

/**
 * Folds a text into what a reader sees: compatibility forms (NFKD) and look-alikes of other scripts become plain letters; invisible characters and
 * accents are removed; lower case, single spaces. Returns null where that takes more than `FOLDED_MAX` characters.
 */
export function foldText(text: string): string | null {
  let folded = "";
  // One character at a time, since one ligature becomes up to 18 letters: the limit stops the growth, not the result.
  for (const char of text) {
    if (char <= "\u007f") folded += char;
    else for (const part of char.normalize("NFKD")) if (!INVISIBLE.test(part)) folded += ASCII.test(part) ? part : confusables(part);
    if (folded.length > FOLDED_MAX) return null;
  }
  return folded.toLowerCase().replaceAll(/[^\S\n]+/g, " ");
}

/** The ways in which a folded text may hide words: as it stands, with digits for letters, spelled out, and with marks between letters. */
export function disguisesOf(folded: string): string[] {
  const letters = folded.replaceAll(/\S+/g, (word) =>
    /[a-z]/.test(word) && /[^a-z]/.test(word) ? Array.from(word, leetSpeak).join("") : word,
  );
  const spelled = letters.replaceAll(/(?<![a-z])[a-z](?:[ .\-_*|~/]{1,3}[a-z](?![a-z])){2,}/g, (run) => run.replaceAll(/[^a-z]/g, ""));
  const unmarked = letters.replaceAll(/(?<=[a-z])[.\-_*|~^`,+=]+(?=[a-z])/g, "");
  return [...new Set([folded, letters, spelled, unmarked])];
}

function mapper(container: TransformerContainer): (char: string) => string {
  if (!("transform" in container)) throw new Error("this transformer was expected to map one character at a time");
  return (char) => {
    const mapped = container.transform(char.codePointAt(0) ?? 0);
    return mapped === undefined ? "" : String.fromCodePoint(mapped);
  };
}
