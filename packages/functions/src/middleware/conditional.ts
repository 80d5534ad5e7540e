import { createHash } from "node:crypto";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpMiddleware } from "./httpInvocation.ts";

type Headers = NonNullable<APIGatewayProxyStructuredResultV2["headers"]>;

/** Gives cacheable reads an `ETag`, and answers 304 to a client that has the same already. */
export function conditional(): HttpMiddleware {
  return {
    after: (request) => {
      const { response } = request;
      const { spec } = request.internal.route;
      if (!spec.cache || !response?.body) return;
      // Weak: the same answer has the same tag, compressed or not.
      const etag = `W/"${createHash("sha256").update(response.body).digest("base64url").slice(0, 27)}"`;
      const headers: Headers = {
        ...response.headers,
        etag,
        "cache-control": cacheControl(spec.cache),
        vary: spec.cache.scope === "private" ? "authorization, accept-encoding" : "accept-encoding",
      };
      const known = request.event.headers["if-none-match"];
      if (known && matches(known, etag)) {
        const { "content-type": _type, ...rest } = headers;
        request.response = { statusCode: 304, headers: rest };
      } else {
        response.headers = headers;
      }
    },
  };
}

function cacheControl({ scope, maxAgeSec }: { scope: "private" | "public"; maxAgeSec: number }): string {
  return `${scope}, max-age=${maxAgeSec}${maxAgeSec === 0 ? ", must-revalidate" : ""}`;
}

// Weak comparison, as RFC 9110 demands for If-None-Match.
function matches(header: string, etag: string): boolean {
  return header.trim() === "*" || header.split(",").some((one) => opaque(one) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}
