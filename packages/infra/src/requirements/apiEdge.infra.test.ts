import { everyRoute } from "@pendo/contract/everyRoute";
import { describe, expect, test } from "vitest";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, flagAt, textAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promised.ts";

const cloudFront = (className: string) => `aws:cloudfront/${className.charAt(0).toLowerCase()}${className.slice(1)}:${className}`;
const spoil = (type: string, name: string, change?: Spoil["change"]): Spoil => ({ type, name, ...(change && { change }) });
const cdn = (name: string, change: NonNullable<Spoil["change"]>): Spoil => spoil(kinds.distribution, name, change);
const distribution = (graph: Graph, name: string) => graph.one(kinds.distribution, name);

describe("the API behind the edge", () => {
  promise("is kept at the edge exactly where the contract lets shared caches keep it, as long as the answer says", {
    check: (graph) => {
      const behaviors = documentsAt(distribution(graph, "ApiCdn").inputs, "orderedCacheBehaviors");
      const cacheable = everyRoute().filter(({ spec }) => spec.cache?.scope === "public");
      expect(cacheable.length).toBeGreaterThan(0);
      expect(behaviors.map(({ pathPattern }) => pathPattern).toSorted()).toEqual(
        cacheable.map(({ spec }) => spec.at.replace(/^\S+ /, "")).toSorted(),
      );
      const policy = graph.one(cloudFront("CachePolicy"), "ApiCache");
      for (const behavior of behaviors) expect(behavior["cachePolicyId"]).toBe(policy.id);
      expect(policy.inputs).toMatchObject({ minTtl: 0, defaultTtl: 0 });
      const key = "parametersInCacheKeyAndForwardedToOrigin";
      expect(textsAt(policy.inputs, `${key}.headersConfig.headers.items`)).toEqual(["origin"]);
      expect(textAt(policy.inputs, `${key}.cookiesConfig.cookieBehavior`)).toBe("none");
      expect(flagAt(policy.inputs, `${key}.enableAcceptEncodingBrotli`)).toBe(true);
    },
    spoils: [
      cdn("ApiCdn", (inputs) => inputs.orderedCacheBehaviors.pop()),
      cdn("ApiCdn", (inputs) => (inputs.orderedCacheBehaviors[0].pathPattern = "/v1/*")),
      spoil(cloudFront("CachePolicy"), "ApiCache", (inputs) => (inputs.minTtl = 60)),
      spoil(
        cloudFront("CachePolicy"),
        "ApiCache",
        (inputs) => (inputs.parametersInCacheKeyAndForwardedToOrigin.headersConfig = { headerBehavior: "none" }),
      ),
    ],
  });

  for (const name of ["HttpApi", "StandbyHttpApi"])
    promise(`has no other door: ${name} answers under no name of API Gateway's`, {
      check: (graph) =>
        expect(graph.all(kinds.api).find((api) => graph.owner(api)?.name === name)?.inputs["disableExecuteApiEndpoint"]).toBe(true),
      spoils: [spoil(kinds.api, `${name}Api`, (inputs) => (inputs.disableExecuteApiEndpoint = false))],
    });

  test("asks an authorizer that knows the secret before every route, but the two that Route 53 asks", () => {
    const graph = load("production");
    const open = graph.all(kinds.route).filter((route) => textAt(route.inputs, "authorizationType") !== "CUSTOM");
    const keys = open.map(({ inputs }) => String(inputs["routeKey"])).filter((routeKey) => !routeKey.startsWith("$"));
    expect(new Set(keys)).toEqual(new Set(["GET /healthz", "GET /readyz"]));
    const authorizers = graph.all("aws:apigatewayv2/authorizer:Authorizer");
    expect(authorizers.length).toBeGreaterThanOrEqual(6);
    for (const { inputs } of authorizers) expect(textsAt(inputs, "identitySources").join()).toMatch(/header\.x-pendo-origin/i);
    const knowing = graph.functions
      .filter(({ links }) => "OriginSecret" in links || "StandbyOriginSecret" in links)
      .map(({ handler }) => handler.split(".").at(-1));
    expect(new Set(knowing)).toEqual(new Set(["session", "origin", "connect"]));
  });

  test("opens no socket but through the authorizer", () => {
    for (const route of load("production")
      .all(kinds.route)
      .filter(({ inputs }) => inputs["routeKey"] === "$connect"))
      expect(textAt(route.inputs, "authorizationType")).toBe("CUSTOM");
  });
});
