import type { Comment, Node, Rule, RuleContext } from "./rule.ts";
import { throwsMistakes } from "./throwsTags.ts";

/** Every exported function has a doc comment directly before it, and each `@throws` has the one form that `throwsTags.ts` checks. */
export const docComment: Rule = {
  create: (context) => {
    const described = new Set<string>();
    return {
      Program: () => {
        for (const comment of context.sourceCode.getAllComments().filter(isDocComment))
          for (const message of throwsMistakes(comment.value)) context.report({ node: comment, message });
      },
      ExportNamedDeclaration: (node) => {
        for (const name of functionsIn(node)) {
          // Of an overloaded function, the first signature has the comment.
          if (described.has(name)) continue;
          described.add(name);
          if (!hasDocComment(node, context))
            context.report({ node, message: `Say what \`${name}\` promises, in a doc comment before it.` });
        }
      },
    };
  },
};

/** The names of the functions that an `export` declares, arrow functions included. */
function functionsIn({ declaration }: Node): string[] {
  const declared = declaration as Node | null;
  if (declared?.type === "FunctionDeclaration" || declared?.type === "TSDeclareFunction") return [nameOf(declared)];
  if (declared?.type !== "VariableDeclaration") return [];
  const variables = declared["declarations"] as readonly Node[];
  const kinds = ["ArrowFunctionExpression", "FunctionExpression"];
  return variables.filter(({ init }) => kinds.includes((init as Node | null)?.type ?? "")).map(nameOf);
}

function nameOf({ id }: Node): string {
  return String((id as Node | null)?.["name"]);
}

function isDocComment({ type, value }: Comment): boolean {
  return type === "Block" && value.startsWith("*");
}

function hasDocComment(node: Node, { sourceCode }: RuleContext): boolean {
  const last = sourceCode.getCommentsBefore(node).at(-1);
  return last !== undefined && isDocComment(last) && node.loc.start.line - last.loc.end.line <= 1;
}
