import * as z from "zod";
import { componentNames, components } from "./components.ts";

export type Schema = Readonly<Record<string, unknown>>;
export type Direction = "input" | "output";

const COMPONENTS = "#/components/schemas/";

/** A JSON Schema and the named schemas that it refers to, directly or not. */
export interface DerivedSchema {
  readonly schema: Schema;
  readonly named: Readonly<Record<string, Schema>>;
}

/** A zod schema as JSON Schema, as OpenAPI 3.1 has it: named schemas stand once, in `#/components/schemas`. */
export function jsonSchema(schema: z.ZodType, io: Direction): DerivedSchema {
  const options = { io, unrepresentable: "any", metadata: componentNames, override: improve(io) } as const;
  const { $schema: _dialect, $defs = {}, ...root } = z.toJSONSchema(schema, options);
  const text = JSON.stringify({ root, $defs }).replaceAll('"#/$defs/', `"${COMPONENTS}`);
  const derived = JSON.parse(text) as { root: Schema; $defs: Record<string, Schema> };
  return { schema: derived.root, named: Object.fromEntries(Object.entries(derived.$defs).map(([name, one]) => [name, withoutId(one)])) };
}

/** A schema that stands for a named one among the document's components. */
export function refTo(name: string): Schema {
  return { $ref: `${COMPONENTS}${name}` };
}

/** The schema that a reference names; any other schema is returned as it is. */
export function resolve(schema: Schema, named: Readonly<Record<string, Schema>>): Schema {
  const { $ref, ...rest } = schema;
  if (typeof $ref !== "string") return schema;
  const found = named[$ref.slice(COMPONENTS.length)];
  if (found === undefined) throw new Error(`${$ref} is not a component of the document.`);
  return { ...resolve(found, named), ...rest };
}

/** Every named schema, as responses contain it. */
export function namedSchemas(): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  for (const schema of Object.values(components)) Object.assign(found, jsonSchema(schema, "output").named);
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutId({ id: _id, ...schema }: Schema): Schema {
  return schema;
}

type Override = NonNullable<z.core.JSONSchemaGeneratorParams["override"]>;

const improve =
  (io: Direction): Override =>
  ({ zodSchema, jsonSchema: json }) => {
    const { def } = zodSchema._zod;
    // `metadata` replaces the registry that `.meta()` writes to.
    const { id: _id, ...meta } = z.globalRegistry.get(zodSchema) ?? {};
    Object.assign(json, meta);
    // zod leaves out the default of preprocessed fields.
    if (def.type === "default") json.default = def.defaultValue as never;
    if (json.type === "integer") improveInteger(json);
    // Generated clients have a type for `double`. A number without a format becomes a decimal of any length.
    if (json.type === "number" && json.const === undefined) json.format = "double";
    if (def.type === "union") improveUnion(json);
    // Generators make an enumeration of a constant. In Swift and Python one of `true` does not work.
    if (json.const === true) delete json.const;
    if (json.format === "date-time" || json.format === "date") improveTime(json, io);
  };

/**
 * The format says what zod's pattern says. In requests one pattern says the rest: the bounds of the years, and UTC.
 * Generators make a type of its own of two patterns.
 */
function improveTime(json: z.core.JSONSchema.BaseSchema, io: Direction): void {
  const years = json.allOf?.at(-1)?.pattern;
  delete json.allOf;
  if (io === "output") delete json.pattern;
  else if (years !== undefined) json.pattern = json.format === "date-time" ? `${years}.*Z$` : years;
}

/** Every whole number fits 53 bits. Generated clients read the format, and people have no use for these bounds. */
function improveInteger(json: z.core.JSONSchema.BaseSchema): void {
  json.format = "int64";
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
}

/**
 * A value fits one member alone, and only of `oneOf` do generators make a union.
 * Numbers become a range, because the enumeration that Kotlin's generator makes of them does not compile.
 */
function improveUnion(json: z.core.JSONSchema.BaseSchema): void {
  const members = json.anyOf;
  if (members === undefined) return;
  const numbers = members.map((member) => member.const).filter((value) => typeof value === "number");
  if (members.every((member) => member.type === "object")) json.oneOf = members;
  else if (numbers.length < members.length) return;
  else Object.assign(json, { type: "integer", format: "int64", minimum: Math.min(...numbers), maximum: Math.max(...numbers) });
  delete json.anyOf;
}
