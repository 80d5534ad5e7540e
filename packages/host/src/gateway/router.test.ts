import { fc } from "@pendo/engine/fastCheck.fixture";
import { expect, test } from "vitest";
import { router } from "./router.ts";

const match = router([
  "GET /v1/swipes/{targetId}",
  "POST /v1/swipes/rewind",
  "GET /v1/me/photos/order",
  "PUT /v1/me/{thing}/order",
  "GET /v1/a/b/c",
  "GET /v1/a/{x}/d",
  "GET /v1/{one}/{two}/e",
  "GET /",
]);
const keyOf = (method: string, path: string) => {
  const found = match(method, path);
  return found === null ? 404 : "allow" in found ? [...found.allow].toSorted() : found.routeKey;
};
const parametersOf = (path: string) => {
  const found = match("GET", path);
  return found && "pathParameters" in found ? found.pathParameters : null;
};

test("a fixed segment wins over a variable, and gives way where it leads nowhere", () => {
  expect(keyOf("GET", "/v1/a/b/c")).toBe("GET /v1/a/b/c");
  expect(keyOf("GET", "/v1/a/b/d")).toBe("GET /v1/a/{x}/d");
  expect(keyOf("GET", "/v1/a/b/e")).toBe("GET /v1/{one}/{two}/e");
  expect(parametersOf("/v1/a/b/e")).toEqual({ one: "a", two: "b" });
});

test("among the routes of an address the one that answers the method is found", () => {
  expect(keyOf("POST", "/v1/swipes/rewind")).toBe("POST /v1/swipes/rewind");
  expect(keyOf("GET", "/v1/swipes/rewind")).toBe("GET /v1/swipes/{targetId}");
  expect(keyOf("PUT", "/v1/me/photos/order")).toBe("PUT /v1/me/{thing}/order");
});

test("another method is told every method that the address has, HEAD with GET", () => {
  expect(keyOf("DELETE", "/v1/swipes/rewind")).toEqual(["GET", "HEAD", "POST"]);
  expect(keyOf("DELETE", "/v1/me/photos/order")).toEqual(["GET", "HEAD", "PUT"]);
  expect(keyOf("get", "/v1/a/b/c")).toEqual(["GET", "HEAD"]);
});

test("doubled, trailing and missing slashes, dots and anything longer are other addresses", () => {
  for (const path of [
    "/v1/swipes/x/",
    "/v1//swipes/x",
    "//v1/swipes/x",
    "/v1/swipes/",
    "v1/swipes/x",
    "",
    "*",
    "x/v1/swipes/x",
    "/v1/swipes/x/y",
    "/v1/./swipes/x",
    "/v1/a/b/../b/c",
  ]) {
    expect([path, keyOf("GET", path)]).toEqual([path, 404]);
  }
  expect(keyOf("GET", "/")).toBe("GET /");
  expect(keyOf("GET", `/${"a/".repeat(100_000)}`)).toBe(404);
});

test("a value is decoded once, and a broken escape reaches the schema as it came", () => {
  expect(parametersOf("/v1/swipes/a%2Fb%20c")).toEqual({ targetId: "a/b c" });
  expect(parametersOf("/v1/swipes/%2541")).toEqual({ targetId: "%41" });
  expect(parametersOf("/v1/swipes/a+b")).toEqual({ targetId: "a+b" });
  expect(parametersOf("/v1/swipes/..")).toEqual({ targetId: ".." });
  expect(parametersOf("/v1/swipes/%2e%2e%2f")).toEqual({ targetId: "../" });
  for (const broken of ["%", "%zz", "%c3%28", "%ff"]) expect(parametersOf(`/v1/swipes/${broken}`)).toEqual({ targetId: broken });
  expect(parametersOf("/v1/swipes/__proto__")).toEqual({ targetId: "__proto__" });
});

test("a route that is there twice stops the start", () => {
  expect(() => router(["GET /v1/a/{x}", "GET /v1/a/{y}"])).toThrow("Two routes");
});

interface Naive {
  readonly method: string;
  readonly segments: readonly string[];
}

/** Tries every route, and takes the one whose earliest difference is a fixed segment. */
function naive(routes: readonly Naive[], method: string, path: string): string | string[] | null {
  const parts = path.split("/").slice(1);
  const fits = routes.filter(
    ({ segments }) =>
      segments.length === parts.length &&
      segments.every((segment, i) => (segment.startsWith("{") ? parts[i] !== "" : segment === parts[i])),
  );
  const rank = ({ segments }: Naive) => segments.map((segment) => (segment.startsWith("{") ? "1" : "0")).join("");
  const [best] = fits.filter((route) => route.method === method).toSorted((x, y) => (rank(x) < rank(y) ? -1 : 1));
  if (best) return `${best.method} /${best.segments.join("/")}`;
  const methods = new Set(fits.map((route) => route.method));
  if (methods.has("GET")) methods.add("HEAD");
  return methods.size > 0 ? [...methods].toSorted() : null;
}

test("it finds what trying every route finds", () => {
  const method = fc.constantFrom("GET", "PUT", "POST");
  const segment = fc.constantFrom("a", "b", "c", "{x}");
  const routes = fc.uniqueArray(fc.record({ method, segments: fc.array(segment, { minLength: 1, maxLength: 4 }) }), {
    maxLength: 14,
    selector: (route) => `${route.method} /${route.segments.join("/")}`,
  });
  const path = fc.array(fc.constantFrom("a", "b", "c", "d", ""), { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join("/")}`);
  fc.assert(
    fc.property(routes, fc.array(fc.tuple(method, path), { maxLength: 20 }), (some, requests) => {
      const find = router(some.map((route) => `${route.method} /${route.segments.map((part, i) => part.replace("x", `x${i}`)).join("/")}`));
      for (const [asked, at] of requests) {
        const found = find(asked, at);
        const got = found === null ? null : "allow" in found ? [...found.allow].toSorted() : found.routeKey.replace(/\{x\d\}/g, "{x}");
        expect(got).toEqual(naive(some, asked, at));
      }
    }),
    { numRuns: 2000 },
  );
});
