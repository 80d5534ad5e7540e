import type { Node, Rule } from "./rule.ts";

/** Names under which the client of PostgreSQL, or a transaction of it, is used as a template's tag. */
const clients: ReadonlySet<string> = new Set(["sql", "tx", "db", "client"]);

/** SQL is written in `<noun>.sql.ts` alone. `overrides.ts` names the other places in which it may be. */
export const sqlInSqlFiles: Rule = {
  create: ({ report }) => ({
    TaggedTemplateExpression: (node) => {
      const name = nameOf(node["tag"] as Node);
      if (clients.has(name)) report({ node, message: `Move this SQL into a file called <noun>.sql.ts. \`${name}\` is a database client.` });
    },
  }),
};

/** The last name of a tag: `db` of both `db` and `ports.db`. */
function nameOf(tag: Node): string {
  if (tag.type === "Identifier") return String(tag["name"]);
  return tag.type === "MemberExpression" && tag["computed"] === false ? nameOf(tag["property"] as Node) : "";
}
