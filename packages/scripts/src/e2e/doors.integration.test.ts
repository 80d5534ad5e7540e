import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { statSync } from "node:fs";
import { request } from "node:http";
import { limits } from "@pendo/contract/limits";
import { askConsole } from "@pendo/host/console/askConsole";
import { describe, expect, test } from "vitest";
import { rawCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();

/** The status of a handshake: 101 where the socket opens. */
async function handshake(headers: Record<string, string>): Promise<number> {
  const { url } = await (await someone()).client.realtime.createTicket();
  return await knock(url, headers);
}

function knock(address: string, headers: Record<string, string>): Promise<number> {
  const key = Buffer.from(testIds.bytes(16)).toString("base64");
  const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": key };
  return new Promise((resolve, reject) => {
    const asked = request(address.replace(/^ws/, "http"), { headers: { ...upgrade, ...headers } });
    asked.on("upgrade", (_, socket) => (socket.destroy(), resolve(101)));
    asked.on("response", (response) => (response.resume(), resolve(response.statusCode ?? 0)));
    asked.on("error", reject).end();
  });
}

let person: ReturnType<typeof here.person> | undefined;
const someone = () => (person ??= here.person());

test("every answer of the host carries security headers: the API, its docs, the console, files, refusals and preflights", async () => {
  const { url } = here.host;
  const { photos } = await (await someone()).client.profiles.getMine();
  const photo = photos[0]?.url ?? "";
  const answers = {
    api: await fetch(`${url}/v1/profiles/me`),
    health: await fetch(`${url}/healthz`),
    docs: await fetch(`${url}/docs`),
    console: await askConsole(here.host, "GET /clock"),
    noConsole: await fetch(`${url}/_local`),
    file: await fetch(photo),
    noFile: await fetch(`${url}/_files/nothing`),
    unknown: await fetch(`${url}/nothing`),
    preflight: await fetch(`${url}/v1/me`, { method: "OPTIONS" }),
  };

  expect(answers.file.status).toBe(200);
  for (const [name, { headers }] of Object.entries(answers)) {
    const said = Object.fromEntries(headers);
    expect([name, said]).toEqual([
      name,
      expect.objectContaining({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "content-security-policy": expect.stringContaining("frame-ancestors 'none'") as string,
        "cross-origin-resource-policy": name === "file" ? "cross-origin" : "same-origin",
      }),
    ]);
    // It answers over http here, where a promise of https would lock browsers out.
    expect(said).not.toHaveProperty("strict-transport-security");
  }
});

describe("a socket", () => {
  test("opens for programs and for pages of the host, and for no other page", async () => {
    const { host, port, origin } = new URL(here.host.url);
    expect(await handshake({})).toBe(101);
    expect(await handshake({ origin })).toBe(101);
    expect(await handshake({ origin: "https://app.example" })).toBe(101);
    expect(await handshake({ origin: `http://localhost:${port}`, host: `localhost:${port}` })).toBe(101);
    expect(await handshake({ origin: `http://rebound.example:${port}`, host: `rebound.example:${port}` })).toBe(403);
    for (const foreign of ["https://evil.example", "null", `http://${host}.evil.example`, "https://app.example.evil.example", "file://"]) {
      expect([foreign, await handshake({ origin: foreign })]).toEqual([foreign, 403]);
    }
  });

  test("handshakes of one network have a limit, and others still open theirs", async () => {
    const address = `${here.host.socketUrl}?ticket=none`;
    const from = (ip: string) => knock(address, { "x-forwarded-for": ip });
    const statuses: number[] = [];
    for (let i = 0; i < limits.handshake.max + 20; i += 20) {
      statuses.push(...(await Promise.all(Array.from({ length: 20 }, () => from("198.51.100.7")))));
    }

    expect(statuses.filter((status) => status === 401)).toHaveLength(limits.handshake.max);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    expect(await from("198.51.100.8")).toBe(401);
  });
});

test("reads of files have a limit per network", async () => {
  const read = (ip: string) => rawCall(here.host.url, { method: "GET", path: "/_files/nothing", headers: { "x-forwarded-for": ip } });
  const statuses: number[] = [];
  for (let i = 0; i < limits.files.max + 20; i += 20) {
    statuses.push(...(await Promise.all(Array.from({ length: 20 }, () => read("198.51.100.9")))).map(({ status }) => status));
  }

  expect(statuses.filter((status) => status === 403)).toHaveLength(limits.files.max);
  expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  expect((await read("198.51.100.10")).status).toBe(403);
});

test("the data directory belongs to its owner alone", () => {
  expect((statSync(here.dataDir).mode & 0o777).toString(8)).toBe("700");
});
