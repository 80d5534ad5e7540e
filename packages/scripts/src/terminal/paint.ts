export type Colour = "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "grey" | "bold" | "pink";
export type Paint = (colour: Colour, text: string) => string;

const codes: Readonly<Record<Colour, readonly [string, string]>> = {
  bold: ["1", "22"],
  red: ["31", "39"],
  green: ["32", "39"],
  yellow: ["33", "39"],
  blue: ["34", "39"],
  magenta: ["35", "39"],
  cyan: ["36", "39"],
  grey: ["90", "39"],
  pink: ["38;5;204", "39"],
};

/** Colours a text for a terminal. */
export const inColour: Paint = (colour, text) => `\u001b[${codes[colour][0]}m${text}\u001b[${codes[colour][1]}m`;
/** Leaves it as it is, for files and pipes. */
export const plain: Paint = (_colour, text) => text;

/** Whether a stream wants colours: a terminal does, unless NO_COLOR is set (no-color.org). */
export function paintFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  return stream.isTTY && !environment["NO_COLOR"] ? inColour : plain;
}

/** The text without its colours. */
export function withoutColour(text: string): string {
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "");
}

/** How many columns a text takes: emoji and East Asian letters take two, what joins them none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(withoutColour(text)))
    columns += isWide(segment) ? 2 : 1;
  return columns;
}

/** Fills up to a width with spaces, or cuts to it. Colours are closed again where a text is cut. */
export function fitted(text: string, width: number): string {
  const columns = columnsOf(text);
  if (columns <= width) return text + " ".repeat(width - columns);
  let [kept, used] = ["", 0];
  for (const part of text.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith("\u001b")) kept += part;
    else {
      for (const { segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(part)) {
        const wide = isWide(segment) ? 2 : 1;
        if (used + wide > width - 1) continue;
        kept += segment;
        used += wide;
      }
    }
  }
  return `${kept}…${" ".repeat(Math.max(0, width - 1 - used))}`;
}

function isWide(grapheme: string): boolean {
  return (
    /^\p{Emoji_Presentation}|\ufe0f/u.test(grapheme) ||
    /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(grapheme)
  );
}
