const PREFIX = "/docs";
const SCRIPT = `${PREFIX}/js/scalar.js`;

interface Reply {
  readonly header: () => Reply;
  readonly send: (body: unknown) => void;
}

interface Route {
  readonly url: string;
  readonly handler: (request: unknown, reply: Reply) => void;
}

/** What the plugin of Scalar for Fastify does with an application: it asks about it, and adds routes. */
interface Application {
  readonly hasPlugin: () => boolean;
  readonly route: (route: Route) => void;
}
type Plugin = (application: Application, options: object, done: () => void) => void;

let script: Promise<string> | undefined;

/**
 * The script of Scalar, which shows an OpenAPI document: 4 MB before compression. Its plugin for Fastify is the smallest package that contains it.
 * The package is loaded with the first request, and never at the start of a process.
 */
export function referenceScript(): Promise<string> {
  return (script ??= import("@scalar/fastify-api-reference").then((module) => scriptOf(module.default)));
}

/** The script that the plugin serves. */
export function scriptOf(plugin: unknown): string {
  const routes: Route[] = [];
  const application = { hasPlugin: () => false, route: (route: Route) => void routes.push(route) };
  (plugin as Plugin)(application, { routePrefix: PREFIX, configuration: { url: "/openapi.json" } }, () => undefined);

  let body: unknown;
  const reply: Reply = { header: () => reply, send: (sent) => void (body = sent) };
  routes.find(({ url }) => url === SCRIPT)?.handler({}, reply);
  if (typeof body !== "string" || body === "") throw new Error(`The plugin of Scalar has no script at ${SCRIPT}.`);
  return body;
}
