/** A node of the syntax tree as oxlint gives it to a rule (ESTree); `parent` and the positions are beside the children. */
export interface Node {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  readonly [property: string]: unknown;
}

/** A comment; a doc comment is a `Block` whose text begins with a star. */
export interface Comment {
  readonly type: string;
  readonly value: string;
  readonly loc: Node["loc"];
}

export interface RuleContext {
  readonly sourceCode: {
    readonly visitorKeys: Readonly<Record<string, readonly string[]>>;
    getCommentsBefore(node: Node): readonly Comment[];
    getAllComments(): readonly Comment[];
  };
  report(mistake: { readonly node: Node | Comment; readonly message: string }): void;
}

/** One rule of a plugin: what it does with each kind of node. */
export interface Rule {
  create(context: RuleContext): Readonly<Record<string, (node: Node) => void>>;
}

/** The nodes directly below a node, in the order of the source. */
export function childrenOf(node: Node, { sourceCode }: Pick<RuleContext, "sourceCode">): Node[] {
  const keys = sourceCode.visitorKeys[node.type] ?? [];
  return keys
    .flatMap((key) => node[key] as Node | null | readonly (Node | null)[])
    .filter((child) => child !== null && child !== undefined);
}
