import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { draftOf } from "../draft.ts";
import { root } from "../evaluate/places.ts";
import { type Graph, graphOf, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { type Size, sizes } from "./assumptions.ts";
import { type Bill, billOf, billsOf, byService } from "./bill.ts";
import { chart } from "./chart.ts";
import { page } from "./page.ts";
import { costOf, prices } from "./prices.ts";

const graphs = new Map<string, Graph>();
const graph = (stage: Size["stage"]): Graph => {
  const found = graphs.get(stage) ?? load(stage);
  graphs.set(stage, found);
  return found;
};
const production = graph("production");
const [preview, staging, small, million, large] = sizes;
const bills = billsOf(graph);
const usd = (stage: Graph, size: Size): number => billOf(stage, size).usd;

describe("docs/cost.md", () => {
  test("says what `npm run cost` says now", () => {
    expect(readFileSync(path.join(root, "docs/cost.md"), "utf8")).toBe(page(bills, graph));
  });
  test("shows what `npm run cost` draws now", () => {
    expect(readFileSync(path.join(root, "docs/pictures/cost.svg"), "utf8")).toBe(chart(bills));
  });
  test("says so when a price, a use or a resource is another", () => {
    const dearer: Bill[] = bills.map((bill, i) =>
      i === 2 ? billOf(graphOf(draftOf(production).without("aws:rds/proxy:Proxy", "AuroraProxy")), bill.size) : bill,
    );
    expect(page(dearer, graph)).not.toBe(page(bills, graph));
    expect(chart(dearer)).not.toBe(chart(bills));
  });
});

describe("a bill", () => {
  const nat = "aws:ec2/natGateway:NatGateway";
  test.each([
    ["a NAT gateway less", (draft: Draft) => draft.without(nat, "NetworkNatGateway1"), -costOf("natHours", 730)],
    ["an alarm more", (draft: Draft) => draft.adding(kinds.alarm, "Planted", {}), costOf("alarms", 1)],
    [
      "an alarm on two metrics",
      (draft: Draft) => draft.adding(kinds.alarm, "Planted", { metricQueries: [{ metric: {} }, { metric: {} }, { expression: "a/b" }] }),
      costOf("alarms", 2),
    ],
    [
      "an endpoint in one zone less",
      (draft: Draft) => draft.with("aws:ec2/vpcEndpoint:VpcEndpoint", "SqsEndpoint", "subnetIds", ["a", "b"]),
      -costOf("endpointHours", 730),
    ],
    ["a key more", (draft: Draft) => draft.adding(kinds.key, "Planted", {}), costOf("keys", 1)],
    [
      "a search node more",
      (draft: Draft) => draft.with(kinds.search, "OpenSearchDomain", "clusterConfig.instanceCount", 4),
      costOf("searchR7gLarge", 730) + costOf("searchGb", 100),
    ],
  ])("follows the graph: %s", (_, plant, difference) => {
    expect(usd(graphOf(plant(draftOf(production))), small) - usd(production, small)).toBeCloseTo(difference, 6);
  });

  test("follows Aurora's minimum, on every instance and behind the proxy", () => {
    const raised = graphOf(draftOf(production).with(kinds.cluster, "AuroraCluster", "serverlessv2ScalingConfiguration.minCapacity", 10));
    // Writer and reader have 8 more each; the proxy, billed for 8 in any case, has 20 behind it now.
    const more = costOf("acuHours", 730 * 2 * 8) + costOf("proxyAcuHours", 730 * (20 - 8));
    expect(usd(raised, small) - usd(production, small)).toBeCloseTo(more, 6);
  });

  test("is not written for a resource that nobody has priced", () => {
    const planted = graphOf(draftOf(production).adding("aws:elasticache/replicationGroup:ReplicationGroup", "Planted", {}));
    expect(() => usd(planted, small)).toThrow("aws:elasticache/replicationGroup:ReplicationGroup");
  });

  test("is not written for a size of machine that nobody has priced", () => {
    const planted = graphOf(
      draftOf(production).with(kinds.search, "OpenSearchDomain", "clusterConfig.instanceType", "r7g.16xlarge.search"),
    );
    expect(() => usd(planted, small)).toThrow("r7g.16xlarge.search");
  });

  test("has what is paid before anybody comes, and that does not grow with people", () => {
    const [tenThousand, tenMillions] = [billOf(production, small), billOf(production, large)];
    expect(tenMillions.fixedUsd).toBe(tenThousand.fixedUsd);
    expect(tenMillions.usd).toBeGreaterThan(100 * (tenThousand.usd - tenThousand.fixedUsd));
    expect(usd(production, million)).toBeLessThan(tenMillions.usd);
  });

  test("adds up", () => {
    for (const bill of bills) expect(byService(bill).reduce((sum, one) => sum + one.usd, 0)).toBeCloseTo(bill.usd, 6);
  });

  test("of a preview is small change, and that of staging a part of production's", () => {
    expect(usd(graph(preview.stage), preview)).toBeLessThan(30);
    expect(usd(graph(staging.stage), staging)).toBeLessThan(usd(production, small) / 3);
  });
});

test("tiers are paid one after the other", () => {
  const [first, second] = [prices.apiRequests.usd, prices.apiRequests.beyond[0].usd];
  expect(costOf("apiRequests", 300)).toBeCloseTo(300 * first, 9);
  expect(costOf("apiRequests", 310)).toBeCloseTo(300 * first + 10 * second, 9);
  expect(costOf("apiRequests", 0)).toBe(0);
});

type Draft = ReturnType<typeof draftOf>;
