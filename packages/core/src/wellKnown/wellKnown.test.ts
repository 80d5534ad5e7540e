import * as routes from "@pendo/contract/routes/wellKnown";
import { createLocalJWKSet, jwtVerify } from "jose";
import { expect, test } from "vitest";
import type { SessionId, UserId } from "@pendo/contract/ids";
import { AUDIENCE, issue } from "../auth/accessTokens.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { getJwks, getOpenidConfiguration } from "./wellKnown.ts";

const ports = testPorts(testDb());

test("GET /.well-known/jwks.json publishes keys that verify our tokens, and nothing private", async () => {
  const published = getJwks(ports);
  expect(routes.getJwks.output.parse(published)).toEqual(published);
  expect(JSON.stringify(published)).not.toContain('"d"');
  const { accessToken } = await issue(ports, { userId: ports.ids.next<UserId>(), sessionId: ports.ids.next<SessionId>(), roles: [] });
  const { protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(published), {
    audience: AUDIENCE,
    issuer: ports.secrets.publicUrl,
  });
  expect(protectedHeader).toEqual({ alg: "ES256", typ: "at+jwt", kid: published.keys[0]?.kid });
});

test("GET /.well-known/openid-configuration leads from the issuer to the keys", () => {
  const found = getOpenidConfiguration(ports);
  expect(routes.getOpenidConfiguration.output.parse(found)).toEqual(found);
  expect(found.issuer).toBe(ports.secrets.publicUrl);
  expect(found.jwks_uri).toBe(`${found.issuer}/.well-known/jwks.json`);
});
