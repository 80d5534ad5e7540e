import { resolveConfusablesTransformer, resolveLeetSpeakTransformer, type TransformerContainer } from "obscenity";

const confusables = mapper(resolveConfusablesTransformer());
const leetSpeak = mapper(resolveLeetSpeakTransformer());

/**
 * The same words as a reader sees them: compatibility forms (NFKC) and look-alikes of other scripts become plain letters; invisible characters and
 * accents go; lower case, single spaces.
 */
export function foldText(text: string): string {
  const visible = text.normalize("NFKC").replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  const bare = visible.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  return Array.from(bare, (char) => (/[\p{ASCII}]/u.test(char) ? char : confusables(char)))
    .join("")
    .toLowerCase()
    .replaceAll(/[^\S\n]+/g, " ");
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
