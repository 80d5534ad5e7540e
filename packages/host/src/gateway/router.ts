export interface Routed {
  /** The gateway's name of the route: `GET /v1/profiles/{id}`. */
  readonly routeKey: string;
  readonly pathParameters: Record<string, string>;
}

export type Match = Routed | { readonly allow: readonly string[] } | null;

interface Node {
  readonly fixed: Map<string, Node>;
  variable?: Node;
  /** By method: the route key, and the names of its variables in order. */
  readonly ends: Map<string, { readonly routeKey: string; readonly names: readonly string[] }>;
}

/** Finds routes as API Gateway does: fixed segments win over variables. `null` is 404; `allow` is 405, with the methods that exist. */
export function router(routeKeys: readonly string[]): (method: string, path: string) => Match {
  const root = node();
  for (const routeKey of routeKeys) {
    const [method = "", path = ""] = routeKey.split(" ");
    const names: string[] = [];
    let at = root;
    for (const segment of path.split("/").slice(1)) {
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
  }
  return (method, path) => {
    const segments = path.split("/").slice(1);
    const values: string[] = [];
    const end = find(root, segments, 0, values);
    if (!end) return null;
    const route = end.ends.get(method);
    if (!route) return { allow: [...end.ends.keys()] };
    const pathParameters: Record<string, string> = {};
    route.names.forEach((name, i) => (pathParameters[name] = decode(values[i] ?? "")));
    return { routeKey: route.routeKey, pathParameters };
  };
}

function find(at: Node, segments: readonly string[], depth: number, values: string[]): Node | null {
  const segment = segments[depth];
  if (segment === undefined) return at.ends.size > 0 ? at : null;
  const fixed = at.fixed.get(segment);
  const found = fixed && find(fixed, segments, depth + 1, values);
  if (found) return found;
  if (!at.variable || segment === "") return null;
  values.push(segment);
  const through = find(at.variable, segments, depth + 1, values);
  if (!through) values.pop();
  return through;
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
