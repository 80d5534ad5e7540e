import { type Bill, byService } from "./bill.ts";

const colours = ["#4059ad", "#6b9ac4", "#97d8c4", "#f4b942", "#e07a5f", "#81b29a", "#8e6c8a", "#c44536", "#5f5f5f"];
const OTHER = "#c9c9c9";
const [WIDTH, BAR, GAP, LEFT, RIGHT, TOP] = [860, 34, 22, 100, 110, 20];

/** One bar for each size: which share of its bill goes to whom. */
export function chart(bills: readonly Bill[]): string {
  const named = dearest(bills);
  const legendTop = TOP + bills.length * (BAR + GAP) + 10;
  const entries = [...named, "others"];
  const perRow = 5;
  const height = legendTop + Math.ceil(entries.length / perRow) * 24 + 10;
  const bars = bills.map((bill, i) => bar(bill, named, TOP + i * (BAR + GAP)));
  const legend = entries.map((service, i) => {
    const [x, y] = [LEFT + (i % perRow) * 145, legendTop + Math.floor(i / perRow) * 24];
    return `<rect x="${x}" y="${y}" width="12" height="12" fill="${colours[i] && service !== "others" ? colours[i] : OTHER}"/><text x="${x + 18}" y="${y + 11}">${service}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Shares of a month's bill by service, for each size">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...bars,
    ...legend,
    "</svg>",
    "",
  ].join("\n");
}

/** The services that are a good part of any bill. */
function dearest(bills: readonly Bill[]): string[] {
  const shares = new Map<string, number>();
  for (const bill of bills)
    for (const { service, usd } of byService(bill)) shares.set(service, Math.max(shares.get(service) ?? 0, usd / bill.usd));
  return [...shares]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, colours.length)
    .map(([service]) => service);
}

function bar(bill: Bill, named: readonly string[], y: number): string {
  const width = WIDTH - LEFT - RIGHT;
  const services = byService(bill);
  const shareOf = (service: string): number => (services.find((one) => one.service === service)?.usd ?? 0) / bill.usd;
  const shares = named.map((service, i) => ({ share: shareOf(service), colour: colours[i] ?? OTHER }));
  const rest = 1 - shares.reduce((sum, { share }) => sum + share, 0);
  let x = LEFT;
  const parts = [...shares, { share: rest, colour: OTHER }].map(({ share, colour }) => {
    const from = x;
    x += share * width;
    return share < 0.001
      ? ""
      : `<rect x="${from.toFixed(1)}" y="${y}" width="${(share * width).toFixed(1)}" height="${BAR}" fill="${colour}"/>`;
  });
  const middle = y + BAR / 2 + 5;
  return `<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${bill.size.label}</text>${parts.join("")}<text x="${WIDTH - RIGHT + 10}" y="${middle}" font-weight="600">${dollars(bill.usd)}</text>`;
}

/** Two figures: more would claim to know more. */
export function dollars(usd: number): string {
  if (usd < 0.5) return "–";
  const step = 10 ** Math.max(0, Math.floor(Math.log10(usd)) - 1);
  return `$${(Math.round(usd / step) * step).toLocaleString("en-US")}`;
}
