import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { expect, test } from "vitest";
import { BY_EDGE, callerIp } from "./callerIp.ts";

const gateway = "203.0.113.7";
const event = (viewer?: string, authorizer?: object): APIGatewayProxyEventV2 =>
  ({
    headers: viewer === undefined ? {} : { "x-pendo-viewer": viewer },
    requestContext: { http: { sourceIp: gateway }, ...(authorizer && { authorizer }) },
  }) as unknown as APIGatewayProxyEventV2;

test("a request that came by CloudFront is counted against the viewer's address", () => {
  expect(callerIp(event("198.51.100.4", { lambda: BY_EDGE }))).toBe("198.51.100.4");
  expect(callerIp(event("2001:db8::17", { lambda: BY_EDGE }))).toBe("2001:db8::17");
});

test("who writes the header without CloudFront is counted against the address that the gateway saw", () => {
  for (const authorizer of [
    undefined,
    {},
    { lambda: null },
    { lambda: {} },
    { lambda: { edge: false } },
    { jwt: { claims: { edge: true } } },
  ])
    expect(callerIp(event("198.51.100.4", authorizer))).toBe(gateway);
});

test("what is no address is not taken for one", () => {
  for (const viewer of [undefined, "", "localhost", "198.51.100.4, 198.51.100.5", "198.51.100.4:443", "x".repeat(500)])
    expect(callerIp(event(viewer, { lambda: BY_EDGE }))).toBe(gateway);
});
