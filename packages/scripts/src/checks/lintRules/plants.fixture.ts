interface Plant {
  readonly promise: string;
  readonly file: string;
  readonly text: string;
  readonly rule: string;
}

/** A doc comment, for plants that are about something else. */
export const doc = "/** Does what a test plants. */\n";

const core = "packages/core/src";
const plant = (rule: string, directory: string) => {
  let count = 0;
  const name = rule.replaceAll(/-\w/g, (dash) => dash.slice(1).toUpperCase());
  return (promise: string, text: string, kind = "ts"): Plant => ({ promise, file: `${directory}/${name}${++count}.${kind}`, text, rule });
};

const docComment = plant("doc-comment", core);
const engineComment = plant("doc-comment", "packages/engine/src");
const sql = plant("sql-in-sql-files", core);
const oneCall = plant("one-core-call", "packages/functions/src/http");
const pointers = plant("pointer-fields", core);

const promising = (comment: string): string => `/**\n * Does it.\n * ${comment}\n */\nexport function act(): void {}\n`;
const selecting = (tag: string): string =>
  `import type { Db } from "@pendo/core/ports/db/db";\n${doc}export async function act(ports: { db: Db }, db: Db): Promise<void> {\n  await ports.db.begin(async (tx) => void (await tx.unsafe("")));\n  await ${tag}\`select 1\`;\n  await db.end();\n}\n`;
const swiping = (body: string): string => `import * as swipes from "@pendo/core/swipes/swipes";
type Ctx = Parameters<typeof swipes.rewind>[0];
type Input = Parameters<typeof swipes.rewind>[1];
export const asks = { isNew: (input: Input): boolean => input.swiperId.length > 0 };
export const handlers = { rewind: async (ctx: Ctx, input: Input): Promise<unknown> => ${body} };
`;
const refusing = (fields: string): string =>
  `import { Fault } from "@pendo/core/fault";\n${doc}export function act(name: string): Fault {\n  return new Fault("input.invalid", { fields: ${fields} });\n}\n`;

/** One mistake per file against a rule of this repository. */
export const plantedOwn: readonly Plant[] = [
  docComment("an exported function has a doc comment", "export function act(): void {}\n"),
  docComment("an exported arrow function has a doc comment", "export const act = (): void => {};\n"),
  docComment("a line comment is no doc comment", "// Does it.\nexport function act(): void {}\n"),
  docComment("a doc comment is directly before its function", `${doc}\n\nexport function act(): void {}\n`),
  docComment("a fault is documented with its code and when", promising("@throws {Fault} `swipe.self`")),
  docComment("each code has a tag of its own", promising("@throws {Fault} `swipe.self`: always; `swipe.matched`: never")),
  docComment("only codes of the contract are documented", promising("@throws {Fault} `swipe.selff`: always")),
  docComment("a tag begins its line", promising("It may fail. @throws {Fault} `swipe.self`: always")),
  docComment("faults are documented by tags", promising("Faults: `swipe.self` always")),
  docComment("another error is documented with when", promising("@throws {Error}")),
  engineComment("only the engine's codes are documented as its faults", promising("@throws {EngineFault} `swipe.self`: always")),
  sql("SQL is in files for SQL", selecting("db")),
  sql("SQL is in files for SQL, whichever way its client is reached", selecting("ports.db")),
  oneCall("a handler makes one call into core", swiping("[await swipes.rewind(ctx, input), await swipes.rewind(ctx, input)]")),
  oneCall(
    "a call into a module that a handler loads itself counts",
    swiping('[await swipes.rewind(ctx, input), (await import("@pendo/core/ops/reference/errorsPage")).errorsPage()]'),
  ),
  oneCall(
    "a call beside a condition counts",
    swiping("[await swipes.rewind(ctx, input), asks.isNew(input) ? await swipes.rewind(ctx, input) : null]"),
  ),
  pointers("a computed name of a field begins with a slash", refusing('{ [name]: "is missing" }')),
  pointers("fields that are made of names are JSON Pointers", refusing('Object.fromEntries([[name, "is missing"]])')),
];

/** Files that the rules of this repository must leave alone. */
export const allowedOwn: readonly Pick<Plant, "file" | "text">[] = [
  docComment(
    "",
    `${doc}export function act(): void;\nexport function act(to: string): void;\nexport function act(_to?: string): void {}\n`,
  ),
  docComment("", promising("@throws {Fault} `swipe.self`: always\n * @throws {Fault} `swipe.matched`: never, which\n *   two lines say")),
  docComment("", "export function act(): void {}\n", "fixture.ts"),
  docComment("", `${doc}export const limits = { most: 1 };\nfunction act(): void {}\nact();\n`),
  engineComment("", promising("@throws {EngineFault} `id.malformed`: always")),
  sql("", selecting("db"), "sql.ts"),
  sql("", selecting("db"), "test.ts"),
  { file: `${core}/rules/sqlFragment.ts`, text: selecting("db") },
  { file: `${core}/ports/sqlPort.ts`, text: selecting("ports.db") },
  oneCall("", swiping("asks.isNew(input) ? await swipes.rewind(ctx, input) : await swipes.rewind(ctx, input)")),
  oneCall("", swiping("[await swipes.rewind(ctx, input), asks.isNew(input)]")),
  pointers("", refusing('{ "/name": "is missing", [`/names/${name}`]: "is missing", [name === "" ? "/a" : "/b"]: "is missing" }')),
].map(({ file, text }) => ({ file, text }));
