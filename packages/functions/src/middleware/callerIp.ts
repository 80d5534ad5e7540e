import { isIP } from "node:net";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** What the gateway's authorizer says of a request that came by CloudFront. Nobody outside can write into an authorizer's context. */
export const BY_EDGE = { edge: true } as const;

/** In which CloudFront names the viewer. Whatever the viewer wrote there, it has overwritten. */
export const VIEWER_HEADER = "x-pendo-viewer";

/**
 * The address of whoever calls. The gateway sees CloudFront's own where a request came by it: then, and only then, the header is believed. A request that
 * found another way in could claim any address, and have the limits of any.
 */
export function callerIp({ headers, requestContext }: APIGatewayProxyEventV2): string {
  const { authorizer } = requestContext as { readonly authorizer?: { readonly lambda?: Readonly<Record<string, unknown>> | null } };
  const viewer = headers[VIEWER_HEADER] ?? "";
  return authorizer?.lambda?.["edge"] === true && isIP(viewer) > 0 ? viewer : requestContext.http.sourceIp;
}
