import { expect, test } from "vitest";
import type * as z from "zod";
import * as ids from "./ids.ts";
import { everyRoute } from "./everyRoute.ts";
import { ProfileCard } from "./profile.ts";
import { framesIn, framesOut } from "./sockets.ts";

/** Operations whose verb is the domain's own. All others list, get, create, update, replace or remove. */
const domainVerbs: Readonly<Record<string, readonly string[]>> = {
  admin: ["redrive"],
  auth: ["requestOtp", "verifyOtp", "refresh", "logout"],
  boosts: ["start"],
  conversations: ["markRead", "mute"],
  discovery: ["explain", "search"],
  matches: ["end"],
  media: ["completeUpload"],
  messages: ["send", "addReaction"],
  notifications: ["markRead"],
  sessions: ["revoke"],
  swipes: ["record", "rewind"],
  sync: ["sync"],
  travel: ["start", "end"],
  unsubscribe: ["confirm"],
};

test("an operation lists, gets, creates, updates, replaces or removes, or has a verb of the domain", () => {
  const operations = everyRoute().map(({ noun, name }) => [noun, name] as const);
  const isCommon = (name: string): boolean => /^(list|get|create|update|replace|remove)(?![a-z])/.test(name);

  expect(operations.filter(([noun, name]) => !isCommon(name) && !domainVerbs[noun]?.includes(name))).toEqual([]);
  const unused = Object.entries(domainVerbs).flatMap(([noun, verbs]) =>
    verbs.filter((verb) => isCommon(verb) || !operations.some(([of, name]) => of === noun && name === verb)),
  );
  expect(unused).toEqual([]);
});

test("a read that names one thing gets it, and a read of a page lists it", () => {
  for (const { noun, name, spec } of everyRoute()) {
    if ("cursor" in spec.input.shape && "items" in (spec.output as unknown as { shape: object }).shape) {
      expect(`${noun}.${name}`).toMatch(/\.(list|search)/);
    }
  }
});

test("a place in a path has one name in every route, and an id in it says of what it is", () => {
  const names = new Map<string, Set<string>>();
  for (const { spec } of everyRoute()) {
    for (const { 0: braces, 1: name = "", index } of spec.at.matchAll(/\{(\w+)\}/g)) {
      const place = spec.at.slice(spec.at.indexOf("/"), index).replaceAll(/\{\w+\}/g, "{}");
      names.set(place, (names.get(place) ?? new Set()).add(name));
      expect(braces).not.toMatch(/^\{(id|key)\}$/);
    }
  }

  expect(names.size).toBeGreaterThan(10);
  expect([...names].filter(([, { size }]) => size > 1)).toEqual([]);
});

interface Field {
  /** The route or frame, and the path to the field. */
  readonly path: string;
  readonly name: string;
  readonly schema: z.ZodType;
}

/** Every field of every input, output and frame, those of inner objects included. */
const fields: readonly Field[] = [
  ...everyRoute().flatMap(({ spec }) => [...fieldsOf(spec.input, `${spec.at} input`), ...fieldsOf(spec.output, `${spec.at} output`)]),
  ...Object.entries(framesIn).flatMap(([name, { data }]) => fieldsOf(data, name)),
  ...Object.entries(framesOut).flatMap(([name, data]) => fieldsOf(data, name)),
];

/** Users by their role: the noun before `Id` says which user it is. */
const userRoles = ["userId", "userIds", "targetId", "senderId", "actorId", "removerId"];

test("an id is `id` in its own object, and `<noun>Id` elsewhere", () => {
  const nouns = new Map<z.ZodType, string>(
    Object.entries(ids).map(([name, schema]) => [schema, `${name[0]?.toLowerCase()}${name.slice(1, -2)}`]),
  );
  const ofIds = fields.flatMap(({ path, name, schema }) => {
    const noun = nouns.get(schema);
    return noun === undefined ? [] : [{ path, name, noun }];
  });
  const isRight = ({ name, noun }: { name: string; noun: string }): boolean =>
    ["id", "ids", `${noun}Id`, `${noun}Ids`].includes(name) || (noun === "user" && userRoles.includes(name));

  expect(ofIds.length).toBeGreaterThan(80);
  // A list begins before or after a message. A PUT of a message names it by the id that the client made.
  expect(ofIds.filter((one) => !isRight(one)).map(({ path }) => path)).toEqual([
    "GET /v1/conversations/{conversationId}/messages input.before",
    "GET /v1/conversations/{conversationId}/messages input.after",
    "PUT /v1/conversations/{conversationId}/messages/{messageId} input.messageId",
  ]);
});

test("the user on a card is `user` everywhere", () => {
  const cards = fields.filter(({ schema }) => schema === ProfileCard);

  expect(cards.length).toBeGreaterThan(5);
  expect(cards.filter(({ name }) => !["user", "items"].includes(name))).toEqual([]);
  expect(fields.filter(({ name }) => name === "card" || name === "other")).toEqual([]);
});

test("an end time is `expiresAt`, or a noun before it", () => {
  const wrong = fields.filter(({ name }) => /^(until|ends?At|end|expires|expiry)$|Until$|EndsAt$/.test(name));

  expect(wrong.map(({ path }) => path)).toEqual([]);
  expect(fields.filter(({ name }) => /^(muteE|e)xpiresAt$/.test(name)).length).toBeGreaterThan(6);
});

function fieldsOf(schema: z.ZodType, path: string): Field[] {
  const { def } = schema as unknown as { def: Record<string, unknown> };
  if (def["type"] === "object") {
    return Object.entries(def["shape"] as Record<string, z.ZodType>).flatMap(([name, inner]) => {
      const at = `${path}.${name}`;
      return [{ path: at, name, schema: bare(inner) }, ...fieldsOf(bare(inner), at)];
    });
  }
  if (def["type"] === "union") return (def["options"] as z.ZodType[]).flatMap((option) => fieldsOf(bare(option), path));
  return [];
}

/** A schema without `optional`, `nullable`, `default` and lists around it. */
function bare(schema: z.ZodType): z.ZodType {
  const { def } = schema as unknown as { def: Record<string, unknown> };
  const inner = def["innerType"] ?? def["element"] ?? (def["type"] === "pipe" ? def["out"] : undefined);
  return inner === undefined ? schema : bare(inner as z.ZodType);
}
