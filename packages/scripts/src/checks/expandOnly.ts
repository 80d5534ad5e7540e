/** A statement that the code before it could not live with. */
export interface Contraction {
  readonly statement: string;
  readonly because: string;
}

/** A file that may take something away: what it takes is used by no released code any more. */
export const isContract = (file: string): boolean => /^\d{4}_contract_\w+\.sql$/.test(file);

/**
 * What a migration takes away from the code that runs while it is applied, and from the one that a rollback brings back. Tables that the file
 * itself makes are nobody's yet. What cannot be judged by reading (`do`, `execute`) counts as taken.
 */
export function contractions(sql: string): Contraction[] {
  const statements = statementsOf(sql);
  const own = new Set(statements.flatMap((statement) => CREATED.exec(statement)?.[1] ?? []).map(bare));
  return statements.flatMap((statement) => reasonsIn(statement, own).map((because) => ({ statement: statement.slice(0, 120), because })));
}

const NAME = String.raw`((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)`;
const CREATED = new RegExp(`^create (?:unlogged )?table (?:if not exists )?${NAME}`);
const ALTERED = new RegExp(`^alter table (?:if exists )?(?:only )?${NAME} (.*)$`);
const INDEXED = new RegExp(`^create unique index (?:concurrently )?(?:if not exists )?(?:${NAME} )?on (?:only )?${NAME}`);
const bare = (name: string): string => name.replaceAll('"', "").replace(/^public\./, "");

/** By how a statement begins. */
const WHOLE: readonly (readonly [RegExp, string])[] = [
  [/^drop /, "drops something that the code before may use"],
  [/^truncate\b/, "deletes rows"],
  [/^delete /, "deletes rows"],
  [/^revoke /, "takes a permission away"],
  [/^do /, "hides what it does from this check"],
  [/^alter (?!table )\w+.* rename /, "renames something that the code before may use"],
  [/^alter (?!table )\w+.* set schema /, "moves something that the code before may use"],
];

/** By what one action of an `alter table` on a table that was there before says. */
const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^rename /, "renames something that the code before may use"],
  [/^set schema /, "moves something that the code before may use"],
  // A check or a foreign key only refuses rows. PostgreSQL names them this way. Rows that a foreign key cascades to need another end.
  [/^drop (?!constraint (if exists )?\w+_(check|fkey)$)/, "drops something that the code before may use"],
  [/^alter (column )?\S+ (set data )?type /, "changes a type that the code before reads"],
  [/^alter (column )?\S+ set not null/, "refuses rows that the code before writes"],
  [/^alter (column )?\S+ drop (default|identity|expression)/, "refuses rows that the code before writes"],
  [/^add (constraint|check|unique|primary|foreign|exclude)\b/, "refuses rows that the code before writes"],
  [/^(enable|force|disable) /, "changes which rows the code before sees"],
  [/^attach |^detach |^inherit |^no inherit |^of /, "changes which rows the code before sees"],
];

function reasonsIn(statement: string, own: ReadonlySet<string>): string[] {
  const whole = WHOLE.filter(([begins]) => begins.test(statement)).map(([, because]) => because);
  const indexed = INDEXED.exec(statement)?.[2];
  if (indexed !== undefined && !own.has(bare(indexed))) return [...whole, "refuses rows that the code before writes"];
  const [, table, actions] = ALTERED.exec(statement) ?? [];
  if (table === undefined || actions === undefined || own.has(bare(table))) return whole;
  return [...whole, ...topLevel(actions, ",").flatMap(reasonsOfAction)];
}

function reasonsOfAction(action: string): string[] {
  const found = ACTIONS.filter(([says]) => says.test(action)).map(([, because]) => because);
  const isColumn = /^add (column )?/.test(action) && found.length === 0;
  if (!isColumn) return found;
  const needsValue = /\bnot null\b|\bprimary key\b/.test(action) && !/\bdefault\b|\bgenerated\b/.test(action);
  return [
    ...(needsValue ? ["adds a column that the code before does not fill"] : []),
    ...(/\bunique\b/.test(action) && /\bdefault\b/.test(action) ? ["adds a default that only one row may have"] : []),
  ];
}

/** Statements in lower case, on one line, without comments and without what texts say. */
function statementsOf(sql: string): string[] {
  const plain = sql.replace(
    // A quoted name or text, a dollar-quoted body, a comment: whichever begins first.
    /"(?:[^"]|"")*"|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\//g,
    (found) => (found.startsWith('"') ? found : found.startsWith("'") || found.startsWith("$") ? "''" : " "),
  );
  return topLevel(plain.replace(/\s+/g, " ").toLowerCase(), ";");
}

/** Cuts where the separator stands outside of all parentheses. */
function topLevel(text: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (at === text.length || (char === separator && depth === 0)) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts.filter((part) => part !== "");
}
