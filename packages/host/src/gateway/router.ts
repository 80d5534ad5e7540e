export interface Routed {
  /** The gateway's name of the route: `GET /v1/profiles/{userId}`. */
  readonly routeKey: string;
  readonly pathParameters: Record<string, string>;
}

export type Match = Routed | { readonly allow: readonly string[] } | null;

interface Node {
  readonly fixed: Map<string, Node>;
  variable?: Node;
  /** By method. */
  readonly ends: Map<string, End>;
}

interface End {
  readonly routeKey: string;
  /** Of its variables, in order. */
  readonly names: readonly string[];
}

/**
 * Finds routes as API Gateway does: among those that answer the method, fixed segments win over variables. `null` is 404; `allow` is 405, with the
 * methods that exist.
 */
export function router(routeKeys: readonly string[]): (method: string, path: string) => Match {
  const root = node();
  let depthMax = 0;
  for (const routeKey of routeKeys) depthMax = Math.max(depthMax, add(root, routeKey));
  return (method, path) => {
    if (!path.startsWith("/")) return null;
    // One more than the longest route has: enough to see that it is longer than any.
    const segments = path.split("/", depthMax + 2);
    const values: string[] = [];
    const end = find(root, method, segments, 1, values);
    if (!end) return allowed(root, segments);
    const pathParameters: Record<string, string> = {};
    for (let i = 0; i < end.names.length; i++) pathParameters[end.names[i] ?? ""] = decode(values[i] ?? "");
    return { routeKey: end.routeKey, pathParameters };
  };
}

/** Answers how many segments the route has. */
function add(root: Node, routeKey: string): number {
  const [method = "", path = ""] = routeKey.split(" ");
  const segments = path.split("/").slice(1);
  const names: string[] = [];
  let at = root;
  for (const segment of segments) {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name) {
      names.push(name);
      at = at.variable ??= node();
    } else {
      const next = at.fixed.get(segment) ?? node();
      at.fixed.set(segment, next);
      at = next;
    }
  }
  if (at.ends.has(method)) throw new Error(`Two routes answer ${routeKey}.`);
  at.ends.set(method, { routeKey, names });
  return segments.length;
}

function find(at: Node, method: string, segments: readonly string[], depth: number, values: string[]): End | undefined {
  const segment = segments[depth];
  if (segment === undefined) return at.ends.get(method);
  const fixed = at.fixed.get(segment);
  const found = fixed && find(fixed, method, segments, depth + 1, values);
  if (found || !at.variable || segment === "") return found;
  values.push(segment);
  const through = find(at.variable, method, segments, depth + 1, values);
  if (!through) values.pop();
  return through;
}

function allowed(root: Node, segments: readonly string[]): Match {
  let nodes: Node[] = [root];
  for (const segment of segments.slice(1)) {
    nodes = nodes.flatMap((at) => [at.fixed.get(segment), segment === "" ? undefined : at.variable].filter((next) => next !== undefined));
  }
  const methods = new Set(nodes.flatMap((at) => [...at.ends.keys()]));
  if (methods.has("GET")) methods.add("HEAD");
  return methods.size > 0 ? { allow: [...methods] } : null;
}

function decode(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // A broken escape is no value that any schema accepts; the route answers with its own problem.
    return segment;
  }
}

function node(): Node {
  return { fixed: new Map(), ends: new Map() };
}
