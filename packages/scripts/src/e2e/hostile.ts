import { everyRoute } from "@pendo/contract/everyRoute";
import type { Schema } from "@pendo/contract/reference/jsonSchema";
import type { RouteSpec } from "@pendo/contract/route";
import { fc } from "@pendo/engine/fastCheck.fixture";
import * as z from "zod";
import { oddBodies, oddHeaders, oddMethods, oddQueries, oddSegments, oddTypes, values } from "./hostileValues.ts";
import type { RawRequest } from "./rawCall.ts";

/** A request that was made to be refused, mostly. Who sends it is for the sender to add. */
export interface Hostile {
  readonly route: string;
  readonly request: RawRequest;
  readonly token: "user" | "admin" | "none" | "expired" | "junk";
}

/** Ids that exist, and some that do not, by the end of the field's name that they belong to; `id` for all others. */
export interface KnownIds {
  readonly user: readonly string[];
  readonly conversation: readonly string[];
  readonly message: readonly string[];
  readonly id: readonly string[];
}

function idsFor(field: string, known: KnownIds): readonly string[] {
  if (/^(user|target)/.test(field)) return known.user;
  if (field.startsWith("conversation")) return known.conversation;
  return field.startsWith("message") ? known.message : known.id;
}

/** A value that the schema of a field describes, near enough: its limits are stepped over by one as often as they are kept. */
function plausible(schema: Schema, known: readonly string[]): fc.Arbitrary<unknown> {
  const {
    type,
    enum: choices,
    anyOf,
    oneOf = anyOf,
    items,
    properties,
    format,
    pattern,
    const: only,
  } = schema as Record<string, never> & { type?: string };
  if (only !== undefined) return fc.constant(only);
  if (choices) return fc.constantFrom(...(choices as unknown[]));
  if (oneOf) return fc.oneof(...(oneOf as Schema[]).map((one) => plausible(one, known)));
  switch (type) {
    case "string":
      return text({ format, pattern, min: Number(schema["minLength"] ?? 0), max: Number(schema["maxLength"] ?? 100) }, known);
    case "integer":
    case "number": {
      const [min, max] = [Number(schema["minimum"] ?? -100), Number(schema["maximum"] ?? 100)];
      return fc.oneof(
        fc.constantFrom(min, max, min - 1, max + 1, (min + max) / 2),
        fc.integer({ min: Math.ceil(min), max: Math.min(Math.floor(max), 2 ** 31 - 1) }),
      );
    }
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(plausible((items ?? {}) as Schema, known), { maxLength: Number(schema["maxItems"] ?? 3) + 1 });
    case "object":
      return fc.record(
        Object.fromEntries(
          Object.entries((properties ?? {}) as Record<string, Schema>).map(([name, one]) => [name, plausible(one, known)]),
        ),
        { requiredKeys: [] },
      );
    case undefined:
    default:
      return fc.oneof(fc.constantFrom<unknown>(...known), fc.jsonValue());
  }
}

interface TextSchema {
  readonly format: string | undefined;
  readonly pattern: string | undefined;
  readonly min: number;
  readonly max: number;
}

function text({ format, pattern, min, max }: TextSchema, known: readonly string[]): fc.Arbitrary<string> {
  if (pattern?.includes("-7[0-9a-fA-F]"))
    return fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: fc.uuid({ version: 7 }) },
      { weight: 1, arbitrary: fc.uuid({ version: 4 }) },
    );
  if (format === "uuid") return fc.uuid();
  if (format === "date-time")
    return fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }).map((date) => date.toISOString());
  if (format === "date")
    return fc
      .date({ min: new Date("1900-01-01"), max: new Date("2030-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
  if (format === "email")
    return fc.constantFrom(
      "robin@example.com",
      "Ｒobin@example.com",
      "a@b",
      "x@example.com, y@example.com",
      "x@example.com\r\nBcc: y@example.com",
    );
  // Short patterns are cheap to follow; what follows one is well-formed, and so comes further.
  if (pattern && pattern.length < 60 && !pattern.includes("[^")) return fc.stringMatching(new RegExp(pattern));
  return fc.oneof(
    fc.string({ minLength: min, maxLength: Math.min(max, 60) }),
    fc.constantFrom("a\u0000b", "\ud800!", "😀", "❤️", "Hello there", "x".repeat(Math.max(1, max)), "x".repeat(max + 1)),
  );
}

const queryOf = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${encoded(name)}=${encoded(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join("&");

/** As `encodeURIComponent`, which throws for half a surrogate pair. */
function encoded(value: string | undefined): string {
  return Array.from(Buffer.from(value ?? "", "utf8"), (byte) =>
    /[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, "0")}`,
  ).join("");
}

interface Shape {
  readonly name: string;
  readonly spec: RouteSpec;
  readonly fields: Readonly<Record<string, Schema>>;
}

/** Ten thousand ways to be wrong, from the contract: whatever routes there are, they are all tried. */
export function hostileRequests(known: KnownIds, { count, seed }: { count: number; seed: number }): Hostile[] {
  const shapes = everyRoute().map(({ noun, name, spec }): Shape => {
    const schema = z.toJSONSchema(spec.input, { io: "input", unrepresentable: "any" });
    return { name: `${noun}.${name}`, spec, fields: (schema.properties ?? {}) as Record<string, Schema> };
  });
  const perRoute = Math.ceil(count / shapes.length);
  return shapes.flatMap((shape, i) => fc.sample(hostileTo(shape, known), { numRuns: perRoute, seed: seed + i })).slice(0, count);
}

function hostileTo({ name, spec, fields }: Shape, known: KnownIds): fc.Arbitrary<Hostile> {
  const [method = "", template = ""] = spec.at.split(" ");
  const inQuery = method === "GET" || method === "DELETE";
  const input = fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([field, schema]) => [
        field,
        fc.oneof({ weight: 9, arbitrary: plausible(schema, idsFor(field, known)) }, { weight: 1, arbitrary: values }),
      ]),
    ),
    { requiredKeys: Object.keys(fields).filter((field) => template.includes(`{${field}}`)) },
  );
  // Most requests are odd in one way only: what is refused at the door never comes to what lies behind it.
  const rarely = <T, U>(arbitrary: fc.Arbitrary<T>, otherwise: U): fc.Arbitrary<T | U> =>
    fc.oneof({ weight: 15, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
  const extra = rarely(
    fc.dictionary(fc.constantFrom("__proto__", "constructor", "userId", "id", "extra", "a/b", "a~b", "\u0000", ""), values, { maxKeys: 2 }),
    {},
  );
  const oddly = fc.record({
    ...{ segment: rarely(oddSegments, null), body: rarely(oddBodies, null), type: rarely(oddTypes, null) },
    ...{ query: rarely(oddQueries, null), method: rarely(oddMethods, null), headers: rarely(oddHeaders, null) },
  });
  const tokens =
    spec.auth === "public"
      ? fc.constant("none" as const)
      : fc.oneof(
          { weight: 18, arbitrary: fc.constant(spec.auth === "user" ? ("user" as const) : ("admin" as const)) },
          { weight: 1, arbitrary: fc.constantFrom("user", "admin", "none", "expired", "junk") },
        );
  return fc.tuple(input, extra, oddly, tokens).map(([wanted, further, how, token]) => {
    const given: Record<string, unknown> = { ...wanted };
    const path = template
      .split("/")
      .map((segment) => {
        const field = /^\{(\w+)\}$/.exec(segment)?.[1];
        if (field === undefined) return segment;
        const value = given[field];
        delete given[field];
        return how.segment ?? encoded(typeof value === "string" ? value : JSON.stringify(value));
      })
      .join("/");
    Object.assign(given, further);
    const query = how.query ?? (inQuery && Object.keys(given).length > 0 ? queryOf(given) : "");
    const body = inQuery && how.body === null ? undefined : (how.body ?? JSON.stringify(given));
    return {
      route: name,
      token,
      request: {
        method: how.method ?? method,
        // Nobody's request line is longer than a gateway takes; that has a test of its own.
        path: `${path.slice(0, 6000)}${query === "" ? "" : `?${query.slice(0, 6000)}`}`,
        headers: { ...(body !== undefined && { "content-type": how.type ?? "application/json" }), ...how.headers },
        ...(body !== undefined && { body }),
      },
    };
  });
}
