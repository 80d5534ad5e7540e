import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Client } from "@pendo/client/client";
import type { SessionId } from "@pendo/contract/ids";
import { askConsole } from "@pendo/host/console/askConsole";
import { freePort } from "@pendo/host/gateway/listen";
import { afterAll, expect, test } from "vitest";
import { signIn } from "../people/person.ts";
import { type ChildHost, startHost } from "./childHost.ts";
import { jsonCall } from "./rawCall.ts";

const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-revoked-"));
const environment = { PENDO_DATA: dataDir, PORT: String(await freePort(0, "127.0.0.1")) };
let host: ChildHost;
afterAll(async () => {
  await host.kill("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

const tokensOf = (client: Client) => {
  const tokens = client.session.tokens();
  if (!tokens) throw new Error("Not signed in.");
  return tokens;
};

test("Access tokens of ended sessions stay refused after kill -9 and after Ctrl-C, however the sessions ended", async () => {
  host = await startHost(environment);
  const { url } = host;
  const join = async (name: string, device?: string) => await signIn(host, `${name}@example.test`, device);
  const [out, owner, twice, staff, admin] = [
    await join("out"),
    await join("owner"),
    await join("twice"),
    await join("staff"),
    await join("admin"),
  ];
  const thief = await join("owner", "thief");
  const ended = Object.entries({ out, thief, twice, staff }).map(([name, { client }]): [string, string] => [
    name,
    tokensOf(client).accessToken,
  ]);
  const owned = tokensOf(owner.client).accessToken;
  await askConsole(host, "POST /staff", { userId: staff.userId, role: "moderator" });
  await askConsole(host, "POST /staff", { userId: admin.userId, role: "admin" });

  const twiceToken = tokensOf(twice.client).refreshToken;
  for (let use = 0; use < 2; use++) await jsonCall(url, "POST /v1/auth/token/refresh", { body: { refreshToken: twiceToken } });
  const stolen = (await owner.client.sessions.list()).items.find(({ deviceName }) => deviceName === "thief");
  await owner.client.sessions.revoke({ sessionId: stolen?.id as SessionId });
  await admin.client.admin.replaceRoles({ userId: staff.userId, roles: [] });
  await out.client.auth.logout({});

  const answers = async (): Promise<(string | number)[][]> =>
    await Promise.all(ended.map(async ([name, token]) => [name, (await jsonCall(url, "GET /v1/me", { token })).status]));
  const refused = ended.map(([name]) => [name, 401]);
  expect(await answers()).toEqual(refused);
  for (const signal of ["SIGKILL", "SIGINT"] as const) {
    await host.kill(signal);
    host = await startHost(environment);
    expect(await answers()).toEqual(refused);
    const ticket = await jsonCall(url, "POST /v1/realtime/tickets", { token: ended[0]?.[1] ?? "", body: {} });
    expect(ticket.status).toBe(401);
    expect((await jsonCall(url, "GET /v1/me", { token: owned })).status).toBe(200);
  }
  expect(await host.kill("SIGTERM")).toMatchObject({ code: 0 });
});
