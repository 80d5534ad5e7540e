import { faults } from "@pendo/contract/faults";
import { engineFaults } from "@pendo/engine/faults";

const codesOf: Readonly<Record<string, readonly string[]>> = { Fault: Object.keys(faults), EngineFault: engineFaults };
/** A tag; in backticks it is only spoken of. */
const TAG = /(?<!`)@throws/;

/**
 * What is wrong with the `@throws` tags of a doc comment's text. A fault has a tag for each code, on a line of its own at the end of the comment:
 * the class in braces, the code in backticks, a colon, and when. The tag of another error says when after the class.
 */
export function throwsMistakes(comment: string): string[] {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\*+ ?/, "").trim());
  const text = lines.join("\n");
  const [before = "", ...tags] = text.split(/^@throws/m);
  const isInside = [before, ...tags].some((part) => TAG.test(part));
  return [
    ...(/\bFaults:/.test(text) ? ["Write `@throws` instead of `Faults:`."] : []),
    ...(isInside ? ["`@throws` begins a line of its own."] : []),
    ...tags.flatMap((tag) => tagMistakes(tag.replaceAll("\n", " ").trim())),
  ];
}

function tagMistakes(tag: string): string[] {
  const [, kind = "", rest = ""] = /^\{(\w+)\} (.+)$/.exec(tag) ?? [];
  const codes = codesOf[kind];
  if (!codes) return rest === "" ? ["Write `@throws {Class} when`."] : [];
  const [, code = "", when = ""] = /^`([\w.]+)`: (.+)$/.exec(rest) ?? [];
  if (when === "") return [`Write \`@throws {${kind}} \`code\`: when\`, with one tag for each code.`];
  const others = [...when.matchAll(/`([\w.]+)`/g)].map(([, other = ""]) => other).filter((other) => codes.includes(other));
  return [
    ...(codes.includes(code) ? [] : [`There is no fault \`${code}\`.`]),
    ...(others.length > 0 ? [`Give \`${others[0]}\` a tag of its own.`] : []),
  ];
}
