import type { Metric } from "./metric.ts";
import { subjects } from "./metric.ts";
import { everyMetric } from "./metrics.ts";
import { dashboardKinds, dashboardTitles, panelsOf, placeOf } from "./panels.ts";
import { AGE_FACTOR, queueTargets } from "./queueTargets.ts";
import { pathOf, type Runbook, runbooks } from "./runbooks.ts";
import { burnWindows, slos } from "./slos.ts";

/** The parts of docs/observability.md that are made from the tables, by the name of their place in it. */
export const parts = {
  metrics: metricTables,
  slos: sloTable,
  burn: burnTable,
  queues: queueTable,
  runbooks: runbookTable,
} as const;

/** The document with its parts made anew. Throws where it has no place for one. */
export function documented(document: string): string {
  return Object.entries(parts).reduce((text, [name, make]) => {
    const [from, to] = [`<!-- ${name}: made by npm run docs:observability -->\n`, `<!-- /${name} -->`];
    const [start, end] = [text.indexOf(from), text.indexOf(to)];
    if (start < 0 || end < start) throw new Error(`docs/observability.md has no place for "${name}".`);
    return `${text.slice(0, start + from.length)}\n${make()}\n\n${text.slice(end)}`;
  }, document);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function metricTables(): string {
  return dashboardKinds
    .map((kind) => {
      const rows = everyMetric.filter((row) => row.kind === kind);
      const cells = rows.map((row) => [row.panel, row.title, sourceOf(row), row.stats.join(", "), row.unit, row.target ?? ""]);
      const [pending] = rows.flatMap((row) =>
        row.source === "code" && row.pending !== undefined ? [`\n\n${row.panel}: ${row.pending}`] : [],
      );
      const head = ["Panel", "What", "Where it comes from", "Statistic", "Unit", "Should be"];
      return `### ${dashboardTitles[kind]}\n\n${table(head, cells)}${pending ?? ""}`;
    })
    .join("\n\n");
}

function sourceOf(row: Metric): string {
  if (row.source === "aws") {
    const by = subjects[row.subject].join(", ");
    return `\`${row.namespace}\` \`${row.name}\`${by === "" ? "" : ` by ${by}`}`;
  }
  if (row.source === "accessLog") return `access log, \`${row.pattern}\``;
  const by = row.only ? Object.entries(row.only).map(([name, value]) => `${name} = ${value}`) : row.by;
  return `\`Pendo/<stage>\` \`${row.name}\` by ${by.join(", ")}${row.pending === undefined ? "" : " (nothing writes it yet)"}`;
}

function sloTable(): string {
  return table(
    ["Promise", "How many", "Runbook"],
    slos.map(({ title, goodPercent, runbook }) => [title, `${goodPercent} %`, link(runbook)]),
  );
}

function burnTable(): string {
  const spanOf = ({ periodSec, periods }: { readonly periodSec: number; readonly periods: number }): string =>
    periods > 1 ? `${periods} days in a row` : periodSec >= 3600 ? `${periodSec / 3600} h` : `${periodSec / 60} min`;
  return table(
    ["Budget spent", "in the long window", "and the short one", "calls"],
    burnWindows.map(({ burn, long, short, to }) => [`${burn} times as fast`, spanOf(long), spanOf(short), to]),
  );
}

function queueTable(): string {
  return table(
    ["Queue", "A message should wait", "Somebody hears at", "calls"],
    Object.entries(queueTargets).map(([queue, { targetSec, to }]) => [queue, `${targetSec} s`, `${AGE_FACTOR * targetSec} s`, to]),
  );
}

function runbookTable(): string {
  return table(
    ["When", "Page"],
    (Object.entries(runbooks) as [Runbook, string][]).map(([name, title]) => [title, link(name)]),
  );
}

function link(runbook: Runbook): string {
  return `[${runbook}](${pathOf(runbook).replace(/^docs\//, "")})`;
}

const CELL = { width: 46, height: 18 };

/** The application dashboard as it is laid out: its panels, what is drawn in each, and what it should be. Without data, since none of it would be true. */
export function dashboardPicture(): string {
  const panels = panelsOf("application").map((panel, index) => ({ panel, place: placeOf(index) }));
  const height = Math.max(...panels.map(({ place }) => place.y + place.height)) * CELL.height;
  const width = 24 * CELL.width;
  const boxes = panels.map(({ panel: { title, rows }, place }) => {
    const [x, y] = [place.x * CELL.width, place.y * CELL.height];
    const target = rows.find((row) => row.target !== undefined)?.target;
    const lines = rows
      .slice(0, 4)
      .map((row, i) =>
        text({ x: x + 20, y: y + 56 + 18 * i, size: 12, fill: "#57606a" }, shortened(`${row.title} · ${row.stats.join(", ")}`)),
      );
    return [
      `<rect x="${x + 6}" y="${y + 6}" width="${place.width * CELL.width - 12}" height="${place.height * CELL.height - 12}" rx="6" fill="#fff" stroke="#d0d7de"/>`,
      text({ x: x + 20, y: y + 32, size: 15, fill: "#1f2328" }, target === undefined ? title : `${title} (${target})`),
      ...lines,
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">
<title>The application dashboard</title>
<rect width="${width}" height="${height}" fill="#f6f8fa"/>
${boxes.join("\n")}
</svg>
`;
}

interface TextAt {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly fill: string;
}

function text({ x, y, size, fill }: TextAt, content: string): string {
  const safe = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}">${safe}</text>`;
}

function shortened(line: string): string {
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}
