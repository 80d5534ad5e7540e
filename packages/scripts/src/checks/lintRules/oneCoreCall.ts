import { childrenOf, type Node, type Rule, type RuleContext } from "./rule.ts";

const isCore = (source: unknown): boolean => String((source as Node | null)?.["value"]).startsWith("@pendo/core/");
const functions: ReadonlySet<string> = new Set(["ArrowFunctionExpression", "FunctionExpression", "FunctionDeclaration"]);

/** A handler adapts and calls: each outermost function makes at most one call into the domain, on each side of a condition. */
export const oneCoreCall: Rule = {
  create: (context) => {
    const imported = new Set<string>();
    const check = (node: Node): void => {
      if (!functions.has(node.type)) return childrenOf(node, context).forEach(check);
      const calls = callsIn(node, imported, context);
      if (calls > 1)
        context.report({ node, message: `A handler makes one call into the domain; this one makes ${calls}. Give core a function.` });
    };
    return {
      Program: (program) => {
        collect(program, imported, context);
        check(program);
      },
    };
  },
};

/** Adds the names that a file imports from core, also those of `const { … } = await import(…)`. */
function collect(node: Node, into: Set<string>, context: RuleContext): void {
  if (node.type === "ImportDeclaration" && isCore(node["source"]))
    for (const { local } of node["specifiers"] as readonly Node[]) into.add(String((local as Node)["name"]));
  if (node.type === "VariableDeclarator" && isCoreImport(node["init"] as Node | null)) addNames(node["id"] as Node, into, context);
  for (const child of childrenOf(node, context)) collect(child, into, context);
}

function addNames(pattern: Node, into: Set<string>, context: RuleContext): void {
  if (pattern.type === "Identifier") into.add(String(pattern["name"]));
  for (const child of childrenOf(pattern, context)) addNames(child, into, context);
}

/** Whether an expression is `import("@pendo/core/…")`, awaited or not, or a member of it. */
function isCoreImport(node: Node | null): boolean {
  if (node?.type === "AwaitExpression") return isCoreImport(node["argument"] as Node);
  if (node?.type === "MemberExpression") return isCoreImport(node["object"] as Node);
  return node?.type === "ImportExpression" && isCore(node["source"]);
}

/** The most calls into core that one run of this code makes, counting each place once. */
function callsIn(node: Node, imported: ReadonlySet<string>, context: RuleContext): number {
  const count = (one: Node | null): number => (one ? callsIn(one, imported, context) : 0);
  const own = node.type === "CallExpression" && isOfCore(node["callee"] as Node, imported) ? 1 : 0;
  if (node.type === "ConditionalExpression" || node.type === "IfStatement") {
    const [test, yes, no] = [node["test"], node["consequent"], node["alternate"]] as [Node, Node, Node | null];
    return count(test) + Math.max(count(yes), count(no));
  }
  return own + childrenOf(node, context).reduce((sum, child) => sum + count(child), 0);
}

function isOfCore(callee: Node, imported: ReadonlySet<string>): boolean {
  if (callee.type === "Identifier") return imported.has(String(callee["name"]));
  if (callee.type === "MemberExpression") return isOfCore(callee["object"] as Node, imported);
  return isCoreImport(callee);
}
