import { type InlinedOperation, inlinedOpenApi } from "@pendo/contract/reference/inlined.fixture";
import { expect, test } from "vitest";
import { plantPeople, staffTokenFor } from "./planted.ts";
import { world } from "./world.ts";

const here = world();

/** Faults that say that the request itself is wrong, and not what it is about. */
const malformed = new Set([
  "input.invalid",
  "input.notJson",
  "input.notText",
  "input.mediaType",
  "route.notFound",
  "route.methodNotAllowed",
]);
/** These need a value that only the server can issue. */
const issuedByServer = new Set(["sync.sync", "auth.refresh"]);
/** Fields that are wrong for this user only: a birth date is set already, and the photos have other ids. */
const ofThisUser = new Set(["profiles.updateMine /birthDate", "media.replacePhotoOrder /mediaIds"]);

interface Problem {
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

function requestOf(path: string, { parameters, requestBody }: InlinedOperation): { path: string; query: string; body: unknown } {
  const exampleOf = (schema: Readonly<Record<string, unknown>>): string => (schema["examples"] as readonly string[] | undefined)?.[0] ?? "";
  const given = parameters.filter((parameter) => parameter.in !== "header");
  const filled = given
    .filter((parameter) => parameter.in === "path")
    .reduce((text, { name, schema }) => text.replace(`{${name}}`, encodeURIComponent(exampleOf(schema))), path);
  const query = given
    .filter((parameter) => parameter.in === "query" && parameter.required)
    .map(({ name, schema }) => [name, exampleOf(schema)]);
  return {
    path: filled,
    query: new URLSearchParams(query as [string, string][]).toString(),
    body: requestBody?.content["application/json"]?.example,
  };
}

test("the host takes every example of the reference: it refuses none of them as malformed", async () => {
  const [user] = await plantPeople(here.place, 1);
  if (!user) throw new Error("Nobody was planted.");
  const token = await staffTokenFor(here.place, user, ["admin"]);
  const operations = Object.entries(inlinedOpenApi().paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const refused: string[] = [];

  // The sign-out comes last, because it ends the session of the token.
  for (const { path, method, operation } of operations.toSorted(
    (a, b) => Number(a.path.endsWith("logout")) - Number(b.path.endsWith("logout")),
  )) {
    if (issuedByServer.has(operation.operationId)) continue;
    const request = requestOf(path, operation);
    const response = await fetch(`${here.host.url}${request.path}${request.query === "" ? "" : `?${request.query}`}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(request.body !== undefined && { "content-type": "application/json" }) },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
    const text = await response.text();
    const { code = "", errors = [] } = response.status >= 400 ? (JSON.parse(text) as Problem) : {};
    const isOfUser = errors.length > 0 && errors.every(({ pointer }) => ofThisUser.has(`${operation.operationId} ${pointer}`));
    if (malformed.has(code) && !isOfUser) refused.push(`${operation.operationId}: ${text}`);
  }

  expect(operations.length).toBeGreaterThan(70);
  expect(refused).toEqual([]);
});
