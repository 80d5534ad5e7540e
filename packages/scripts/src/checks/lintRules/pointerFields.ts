import type { Node, Rule } from "./rule.ts";

/**
 * The keys of a fault's `fields` begin with a slash, also where they are computed: there the type of the class can't see it.
 * What is no object literal comes from `reasonsByName` or has the type `FieldReasons`.
 */
export const pointerFields: Rule = {
  create: ({ report }) => ({
    NewExpression: (node) => {
      const callee = node["callee"] as Node;
      if (callee["name"] !== "Fault") return;
      const fields = valueOf((node["arguments"] as readonly Node[])[1], "fields");
      if (fields?.type === "CallExpression" && (fields["callee"] as Node).type === "MemberExpression")
        report({ node: fields, message: "Make `fields` with `reasonsByName`, which writes JSON Pointers." });
      for (const { computed, key } of propertiesOf(fields))
        if (computed === true && !isPointer(key as Node))
          report({ node: key as Node, message: "Begin the name of a field with a slash, or use `reasonsByName`." });
    },
  }),
};

function propertiesOf(node: Node | undefined): readonly Node[] {
  return node?.type === "ObjectExpression" ? (node["properties"] as readonly Node[]) : [];
}

function valueOf(node: Node | undefined, name: string): Node | undefined {
  return propertiesOf(node).find(({ key }) => (key as Node | undefined)?.["name"] === name)?.["value"] as Node | undefined;
}

/** Whether an expression is a text, or a choice of texts, that begins with a slash. */
function isPointer(node: Node): boolean {
  if (node.type === "ConditionalExpression") return isPointer(node["consequent"] as Node) && isPointer(node["alternate"] as Node);
  if (node.type === "TemplateLiteral") {
    const [first] = node["quasis"] as readonly { readonly value: { readonly raw: string } }[];
    return first?.value.raw.startsWith("/") === true;
  }
  return node.type === "Literal" && String(node["value"]).startsWith("/");
}
