import type { RouteSpec } from "@pendo/contract/route";
import * as nouns from "@pendo/contract/routes/index";

const routes = Object.values(nouns)
  .flatMap((noun) => Object.values(noun) as RouteSpec[])
  .map(({ at }) => {
    const [method = "GET", template = "/"] = at.split(" ");
    return {
      at,
      method,
      path: new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
      fixed: template.split("/").filter((part) => !part.startsWith("{")).length,
    };
  })
  // The one with more words of its own goes first: /v1/swipes/rewind is no /v1/swipes/{targetId}.
  .toSorted((a, b) => b.fixed - a.fixed);

/** The route of the contract that a request is for, as the contract writes it. */
export function routeOf(method: string, url: string): string {
  const { pathname } = new URL(url);
  return routes.find((route) => route.method === method && route.path.test(pathname))?.at ?? `${method} ${pathname}`;
}

export interface Measured {
  readonly route: string;
  /** Until the whole answer was there. */
  readonly ms: number;
  /** 0 where no answer came. */
  readonly status: number;
}

/** `fetch` that tells how long each request took and how it ended. */
export function measuredFetch(tell: (measured: Measured) => void): typeof globalThis.fetch {
  return async (input, init) => {
    const route = routeOf(init?.method ?? "GET", input instanceof Request ? input.url : input.toString());
    const startedMs = performance.now();
    try {
      const response = await fetch(input, init);
      const body = await response.arrayBuffer();
      tell({ route, ms: performance.now() - startedMs, status: response.status });
      const { status, headers } = response;
      return new Response([204, 304].includes(status) ? null : body, { status, headers });
    } catch (error) {
      tell({ route, ms: performance.now() - startedMs, status: 0 });
      throw error;
    }
  };
}
