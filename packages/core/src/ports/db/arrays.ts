import type { Sql } from "postgres";

// PostgreSQL's own types never change their numbers: element → array, from its catalogue pg_type.
const arrayOf: Readonly<Record<number, number>> = {
  16: 1000, // boolean
  17: 1001, // bytea
  19: 1003, // name
  20: 1016, // bigint
  21: 1005, // smallint
  23: 1007, // integer
  25: 1009, // text
  26: 1028, // oid
  114: 199, // json
  700: 1021, // real
  701: 1022, // double precision
  1043: 1015, // varchar
  1082: 1182, // date
  1114: 1115, // timestamp
  1184: 1185, // timestamptz
  1700: 1231, // numeric
  2950: 2951, // uuid
  3802: 3807, // jsonb
};

/**
 * Teaches the driver the arrays of PostgreSQL's own types. The driver could ask the server for them on each connection, but a connection
 * that is lost during that question ends the process (an unhandled rejection), and it costs every new connection a round trip.
 */
export function teachArrays(options: Sql["options"]): void {
  const { parsers, serializers } = options;
  const { typeArrayMap } = (options as unknown as { shared: { typeArrayMap: Record<number, number> } }).shared;
  for (const [key, array] of Object.entries(arrayOf)) {
    const element = Number(key);
    typeArrayMap[element] = array;
    parsers[array] = (text: string) => parseArray(text, parsers[element]);
    serializers[array] = (values: unknown) => (Array.isArray(values) ? writeArray(values, serializers[element]) : values);
  }
}

type Convert = ((value: never) => unknown) | undefined;

/** Reads PostgreSQL's text form of an array, `{1,NULL,"a \"b\""}`, nested as deep as it is. */
export function parseArray(text: string, parse?: Convert): unknown[] {
  const convert = (parse ?? ((value: string) => value)) as (value: string) => unknown;
  const root: unknown[] = [];
  const open: unknown[][] = [root];
  // Bounds other than 1 are written in front, as in `[0:1]={…}`.
  const body = text.slice(text.indexOf("{"));
  for (const [, quoted, plain, mark] of body.matchAll(/"((?:[^"\\]|\\.)*)"|([^{},"]+)|([{}])/gs)) {
    const list = open.at(-1) ?? root;
    if (mark === "{") {
      const inner: unknown[] = [];
      list.push(inner);
      open.push(inner);
    } else if (mark === "}") open.pop();
    else if (quoted !== undefined) list.push(convert(quoted.replace(/\\(.)/gs, "$1")));
    else if (plain !== undefined) list.push(plain === "NULL" ? null : convert(plain));
  }
  return root[0] as unknown[];
}

/** Writes it. Lists inside are lists of the array, so JSON that is itself a list must be given as text. */
export function writeArray(values: readonly unknown[], serialize?: Convert): string {
  const parts = values.map((value) => {
    if (value === undefined) throw new TypeError("An array for the database holds undefined: say null.");
    if (value === null) return "NULL";
    if (Array.isArray(value)) return writeArray(value, serialize);
    const text = serialize ? (serialize as (given: unknown) => unknown)(value) : value;
    return `"${String(text).replace(/["\\]/g, "\\$&")}"`;
  });
  return `{${parts.join(",")}}`;
}
