import { fieldDescriptions } from "./fields.ts";
import { fieldExamples } from "./fieldExamples.ts";
import { resolve, type Schema } from "./jsonSchema.ts";

type Named = Readonly<Record<string, Schema>>;

/**
 * Adds a description and an example to each field of a schema. `owner` is the component or the operation.
 * What the contract itself says of a field stays.
 */
export function described(owner: string, schema: Schema): Schema {
  return describedAt(owner, "", schema);
}

/** The text of a field without a description of its own; undefined if the tables do not have it. */
export function entryOf<T>(table: Readonly<Record<string, T>>, owner: string, path: string): T | undefined {
  const name = path.slice(path.lastIndexOf(".") + 1);
  const key = [`${owner}.${path}`, name].find((candidate) => Object.hasOwn(table, candidate));
  return key === undefined ? undefined : table[key];
}

function describedAt(owner: string, path: string, schema: Schema): Schema {
  const inner = (one: unknown): Schema => describedAt(owner, path, one as Schema);
  const lists = ["anyOf", "oneOf"].filter((key) => Array.isArray(schema[key]));
  return {
    ...schema,
    ...Object.fromEntries(lists.map((key) => [key, (schema[key] as unknown[]).map(inner)])),
    ...(schema["items"] !== undefined && { items: inner(schema["items"]) }),
    ...(schema["properties"] !== undefined && { properties: describedFields(owner, path, schema["properties"] as Named) }),
  };
}

function describedFields(owner: string, path: string, fields: Named): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const at = path === "" ? name : `${path}.${name}`;
      return [name, describedField(owner, at, describedAt(owner, at, field))];
    }),
  );
}

/** A field, or a parameter, with its description and its example. */
export function describedField(owner: string, path: string, field: Schema): Schema {
  const description = field["description"] ?? entryOf(fieldDescriptions, owner, path);
  const example = field["examples"] === undefined && !("$ref" in field) ? tableExample({ owner, path }, field) : undefined;
  return {
    ...field,
    ...(description !== undefined && { description }),
    ...(example !== undefined && example !== null && { examples: [example] }),
  };
}

/** Stands where the table of examples lacks one. */
export const LACKING_EXAMPLE = "…";

/** A value that the schema accepts: the examples of its fields, and the first choice where there are several. */
export function exampleOf(owner: string, schema: Schema, named: Named): unknown {
  return exampleAt({ owner, path: "" }, schema, named);
}

interface Position {
  readonly owner: string;
  readonly path: string;
}

function exampleAt(at: Position, schema: Schema, named: Named): unknown {
  const own = (schema["examples"] as readonly unknown[] | undefined)?.[0] ?? tableExample(at, schema);
  if (own !== undefined) return own;
  const { $ref } = schema;
  if (typeof $ref === "string") {
    const owner = $ref.slice($ref.lastIndexOf("/") + 1);
    return exampleAt({ owner, path: "" }, resolve(schema, named), named);
  }
  const [choice] = [...list(schema["anyOf"]), ...list(schema["oneOf"])];
  if (choice) return exampleAt(at, choice, named);
  return exampleByType(at, schema, named);
}

function exampleByType(at: Position, schema: Schema, named: Named): unknown {
  const { type, format } = schema;
  if ("const" in schema) return schema["const"];
  if ("default" in schema) return schema["default"];
  if (Array.isArray(schema["enum"])) return (schema["enum"] as unknown[])[0];
  if (schema["properties"]) return exampleObject(at, schema["properties"] as Named, named);
  if (type === "array") return [exampleAt(at, schema["items"] as Schema, named)];
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return schema["minimum"] ?? 1;
  if (format === "date-time") return "2026-11-30T09:30:00.000Z";
  if (format === "date") return "2026-11-30";
  return LACKING_EXAMPLE;
}

function exampleObject({ owner, path }: Position, fields: Named, named: Named): unknown {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, exampleAt({ owner, path: path === "" ? name : `${path}.${name}` }, field, named)]),
  );
}

/** A bare name in the table stands for a plain value: a component and an enumeration have values of their own. */
function tableExample({ owner, path }: Position, schema: Schema): unknown {
  if (path === "") return fieldExamples[owner];
  const isPlain = !["$ref", "enum", "properties"].some((key) => key in schema);
  return isPlain ? entryOf(fieldExamples, owner, path) : fieldExamples[`${owner}.${path}`];
}

function list(value: unknown): Schema[] {
  return Array.isArray(value) ? (value as Schema[]) : [];
}
