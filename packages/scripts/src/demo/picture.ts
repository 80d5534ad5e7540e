import { columnsOf } from "../terminal/paint.ts";

const COLUMN = 8.4;
const LINE = 19;
const FONT = 14;
const PAD = 22;
const BAR = 34;

const colours: Readonly<Record<string, string>> = {
  "31": "#ff6b6b",
  "32": "#7bd88f",
  "33": "#f2c94c",
  "34": "#6ea8fe",
  "35": "#d58cf5",
  "36": "#5ccfe6",
  "90": "#7d8299",
  "38;5;204": "#ff5f87",
};

interface Style {
  readonly colour: string;
  readonly bold: boolean;
}
const usual: Style = { colour: "#e6e6f0", bold: false };

/** A picture (SVG) of a terminal that shows these lines, with the colours that `paint` makes. */
export function pictureOf(lines: readonly string[], title: string): string {
  const width = Math.ceil(Math.max(...lines.map(columnsOf)) * COLUMN + PAD * 2);
  const height = lines.length * LINE + BAR + PAD;
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map((fill, i) => `<circle cx="${20 + i * 20}" cy="17" r="6" fill="${fill}"/>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<rect width="${width}" height="${height}" rx="12" fill="#1b1c2b"/><rect width="${width}" height="${BAR}" rx="12" fill="#26283b"/>${dots}
<text x="${width / 2}" y="22" fill="#9aa0b8" font-family="ui-sans-serif,system-ui,sans-serif" font-size="13" text-anchor="middle">${escaped(title)}</text>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${FONT}" xml:space="preserve">
${lines
  .map((line, i) => drawLine(line, BAR + PAD + i * LINE))
  .filter(Boolean)
  .join("\n")}
</g>
</svg>
`;
}

function drawLine(line: string, y: number): string {
  let style = usual;
  let column = 0;
  let drawn = "";
  for (const part of line.trimEnd().split(/(\u001b\[[0-9;]*m)/)) {
    const code = /^\u001b\[([0-9;]*)m$/.exec(part)?.[1];
    if (code !== undefined) style = styled(style, code);
    else {
      // Each word at its own place: fonts differ in how wide they draw what is not a letter.
      for (const { 0: word, index } of part.matchAll(/\S+/g)) {
        const { colour, bold } = style;
        const [x, wide] = [PAD + (column + columnsOf(part.slice(0, index))) * COLUMN, columnsOf(word) * COLUMN];
        drawn += `<text x="${x.toFixed(1)}" y="${y}" fill="${colour}"${bold ? ` font-weight="700"` : ""} textLength="${wide.toFixed(1)}" lengthAdjust="spacingAndGlyphs">${escaped(word)}</text>`;
      }
      column += columnsOf(part);
    }
  }
  return drawn;
}

function styled(style: Style, code: string): Style {
  if (code === "1" || code === "22") return { ...style, bold: code === "1" };
  if (code === "39" || code === "0") return { ...style, colour: usual.colour };
  return { ...style, colour: colours[code] ?? style.colour };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
