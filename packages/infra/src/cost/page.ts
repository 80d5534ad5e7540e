import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { adviceOn } from "./advice.ts";
import { assumptions, factsPerDay, type Size, sizes } from "./assumptions.ts";
import { type Bill, byService } from "./bill.ts";
import { dollars } from "./chart.ts";
import { acuOf } from "./fixed.ts";
import { HOURS, type Line } from "./line.ts";
import { type Price, prices, pricesOf } from "./prices.ts";

/** docs/cost.md */
export function page(bills: readonly Bill[], graph: (stage: Size["stage"]) => Graph): string {
  return [
    "# What it costs",
    "",
    "`npm run cost` writes this page, from three things: the resources of [the evaluated stages](../stacks), [what a user does](../packages/infra/src/cost/assumptions.ts),",
    "and [prices](../packages/infra/src/cost/prices.ts). A test holds it equal to what the command says now, and a resource whose price nobody stated stops the command.",
    "",
    `**These are list prices of ${pricesOf.region}, as they were known in ${pricesOf.asKnown}, without tax, discounts, free tiers and support. They were not read off the`,
    "price pages, some were derived from another region's, and what people do is assumed. Check both before money depends on them**; the order of the parts is surer than",
    "any figure. Figures have two digits for that reason.",
    "",
    "![Shares of a month's bill by service](pictures/cost.svg)",
    "",
    "## A month",
    "",
    ...table(
      ["", ...bills.map(({ size }) => size.label)],
      [
        ["**in all**", ...bills.map(({ usd }) => `**${dollars(usd)}**`)],
        ["before anybody comes", ...bills.map(({ fixedUsd }) => dollars(fixedUsd))],
        ["by use", ...bills.map(({ usd, fixedUsd }) => dollars(usd - fixedUsd))],
        ["for each user", ...bills.map(({ usd, size }) => (size.stage === "production" ? `$${(usd / size.users).toFixed(3)}` : ""))],
      ],
    ),
    "",
    "Users are people who come at least once a month. A preview is one pull request open for a month; its database is a part of staging's. Staging is used by colleagues and",
    "by tests. Production's three sizes are the same stage: what is there stays, what is used grows. The standby region is part of production.",
    "",
    "## By service",
    "",
    ...table(
      ["", ...bills.map(({ size }) => size.label)],
      services(bills).map((service) => [
        service,
        ...bills.map((bill) => dollars(byService(bill).find((one) => one.service === service)?.usd ?? 0)),
      ]),
    ),
    "",
    "## What is dear, and what would lower it",
    "",
    ...bills.flatMap(dear),
    ...limits(bills, graph),
    "## What is paid before anybody comes",
    "",
    "Production's, counted in the graph.",
    "",
    ...table(["for", "units", "of", "a month"], fixed(bills)),
    "",
    ...assumed(),
  ].join("\n");
}

function assumed(): string[] {
  return [
    "## What is assumed",
    "",
    ...table(
      ["", "users", "hours in which somebody is there"],
      sizes.map(({ label, users, awakeShare }) => [label, users.toLocaleString("en-US"), `${awakeShare * 100} %`]),
    ),
    "",
    "Metrics are paid for hours in which something was measured. What a user does:",
    "",
    ...table(
      ["", "", "because"],
      Object.values(assumptions).map(({ value, unit, because }) => [String(value), unit, because]),
    ),
    "",
    "Facts of a user on an active day; [the contract](../packages/contract/src/events.ts) knows how many queues each one goes to:",
    `${Object.entries(factsPerDay)
      .map(([fact, times]) => `\`${fact}\` ${times}`)
      .join(", ")}.`,
    "",
    "Not counted: support, tax, the domain's name, developers' machines, Sentry, what the pipeline uses, restores, attacks.",
    "",
    "## Prices",
    "",
    "`≈` marks a price that was known for us-east-1, raised by a tenth.",
    "",
    ...table(["service", "a unit", "$", "beyond", ""], Object.values<Price>(prices).map(priceRow)),
    "",
  ];
}

function services(bills: readonly Bill[]): string[] {
  const last = bills.at(-1);
  return last ? byService(last).map(({ service }) => service) : [];
}

function dear(bill: Bill): string[] {
  const three = byService(bill)
    .slice(0, 3)
    .filter(({ usd }) => usd > bill.usd / 100);
  return [
    `**${capitalized(bill.size.label)}**`,
    "",
    ...three.map(({ service, usd, fixedUsd }) => {
      const lines = bill.lines.filter((one) => one.service === service && one.usd > usd / 10).slice(0, 3);
      const share = Math.round((usd / bill.usd) * 100);
      const parts = lines.map((one) => `${one.what} ${dollars(one.usd)}`).join(", ");
      return `- **${service}**, ${dollars(usd)} (${share} %): ${parts}. ${adviceOn(service, fixedUsd > usd / 2)}`;
    }),
    "",
  ];
}

/** Where the stage as it is would not bear what it is priced for. */
function limits(bills: readonly Bill[], graph: (stage: Size["stage"]) => Graph): string[] {
  const lines = bills.flatMap(({ size }) => {
    const stage = graph(size.stage);
    const max = Math.max(0, ...stage.all(kinds.clusterInstance).map((instance) => acuOf(stage, instance, "maxCapacity")));
    const perSec = (size.users * assumptions.activeDays.value * assumptions.requestsPerDay.value) / (HOURS * 3600);
    const peak = Math.ceil((perSec * assumptions.peakFactor.value) / assumptions.requestsPerAcuSec.value);
    return max > 0 && peak > max
      ? [
          `- ${capitalized(size.label)}: a busy evening wants ${peak} ACUs of the writer, which may have ${max}. Raise \`databaseAcu.max\`, or read from the reader.`,
        ]
      : [];
  });
  return [
    "**What is not in the figures:** the search domain is priced as it is. Its alarms say when it has to grow.",
    ...(lines.length > 0 ? ["", "**Where the stage would not bear it:**", "", ...lines] : []),
    "",
  ];
}

function fixed(bills: readonly Bill[]): string[][] {
  const lines: readonly Line[] = bills.find(({ size }) => size.stage === "production")?.lines ?? [];
  return lines
    .filter((one) => one.fixed && one.usd > 0)
    .map(({ what, units, price, usd }) => [
      what,
      units.toLocaleString("en-US", { maximumSignificantDigits: 4 }),
      prices[price].unit,
      dollars(usd),
    ]);
}

function priceRow({ service, unit, usd, beyond = [], source, estimated }: Price): string[] {
  const tiers = beyond.map((tier) => `${tier.units.toLocaleString("en-US")}: ${tier.usd}`).join(", ");
  return [service, unit, `${estimated ? "≈ " : ""}${usd}`, tiers, `[page](${source})`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const row = (cells: readonly string[]): string => `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row)];
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
