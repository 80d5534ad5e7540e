export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** By name; all of one length, the first value at x = 1. */
  readonly lines: Readonly<Record<string, readonly number[]>>;
}

const width = 640;
const height = 320;
const room = { left: 56, right: 120, top: 36, bottom: 44 };
/** Distinguishable with every common colour blindness (Okabe and Ito), on light and dark ground. */
const colours = ["#888888", "#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7"];

/** A line chart as SVG: no script, no font of its own, readable as text, and with a ground of its own for dark pages. */
export function chart({ title, xLabel, yLabel, lines }: Chart): string {
  const names = Object.keys(lines);
  const count = Math.max(...names.map((name) => lines[name]?.length ?? 0));
  const values = names.flatMap((name) => [...(lines[name] ?? [])]).filter((value) => Number.isFinite(value));
  const top = ceiling(Math.max(...values, 0));
  const x = (at: number): number => room.left + ((width - room.left - room.right) * at) / Math.max(1, count - 1);
  const y = (value: number): number => height - room.bottom - ((height - room.top - room.bottom) * value) / top;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(part * top).toFixed(1);
    return `<line x1="${room.left}" x2="${width - room.right}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${room.left - 6}" y="${at}" dy=".32em" text-anchor="end">${Number((part * top).toPrecision(3))}</text>`;
  });
  const ticks = Array.from(
    { length: count },
    (_, at) => `<text x="${x(at).toFixed(1)}" y="${height - room.bottom + 16}" text-anchor="middle">${at + 1}</text>`,
  );
  const drawn = names.map((name, index) => {
    const points = (lines[name] ?? []).map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
    return `<polyline fill="none" stroke="${colours[index % colours.length]}" stroke-width="2" points="${points}"/>`;
  });
  const legend = names.map((name, index) => {
    const at = room.top + 18 * index;
    return `<rect x="${width - room.right + 12}" y="${at}" width="12" height="12" fill="${colours[index % colours.length]}"/><text x="${width - room.right + 30}" y="${at + 10}">${escaped(name)}</text>`;
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#222" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${room.left}" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    ...grid,
    ...ticks,
    `<text x="${(room.left + width - room.right) / 2}" y="${height - 8}" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text transform="translate(14 ${height / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>`,
    ...drawn,
    ...legend,
    "</svg>",
  ].join("\n")}\n`;
}

/** The next round number. */
function ceiling(value: number): number {
  if (!(value > 0)) return 1;
  const step = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * step >= value) ?? 10) * step;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
