import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen } from "./gateway/listen.ts";
import { hostObserver } from "./meters.ts";
import { type OneMachine, startOneMachine } from "./oneMachine.ts";

const dataDir = mkdtempSync(join(tmpdir(), "pendo-metrics-"));
const envelopes: string[] = [];
// Sentry's server, as far as a client sees it.
const sentry = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => void (body += text));
  request.on("end", () => {
    envelopes.push(body);
    response.end("{}");
  });
});
let host: OneMachine;
let dsn = "";

beforeAll(async () => {
  await listen(sentry, 0, "127.0.0.1");
  const { port } = sentry.address() as { port: number };
  dsn = `http://public@127.0.0.1:${port}/1`;
  const settings = { dataDir, port: 0, host: "127.0.0.1", logLevel: "off", mode: "test", write: () => {} } as const;
  host = await startOneMachine({ ...settings, metricsPort: 0, sentry: { dsn, environment: "test", release: "abc123" } });
});
afterAll(async () => {
  await host.stop();
  await new Promise((resolve) => sentry.close(resolve));
  rmSync(dataDir, { recursive: true, force: true });
});

const scrape = async (): Promise<string> => await (await fetch(host.metricsUrl ?? "")).text();

/** What promtool says of a page; null where there is no promtool. */
async function promtool(page: string): Promise<{ code: number; said: string } | null> {
  return await new Promise((resolve, reject) => {
    const child = execFile("promtool", ["check", "metrics"], (error, stdout, stderr) => {
      if (error?.code === "ENOENT") resolve(null);
      else resolve({ code: error ? Number(error.code) : 0, said: `${stdout}${stderr}` });
    });
    child.on("error", (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? resolve(null) : reject(error)));
    child.stdin?.on("error", () => {});
    child.stdin?.end(page);
  });
}

test("/metrics shows requests, queues, outbox, connections, sockets, the event loop and the engine, and promtool finds no fault in it", async (context) => {
  await fetch(`${host.url}/healthz`);
  await fetch(`${host.url}/v1/me`);
  await host.db.begin(
    async (tx) => void (await host.bus.emit(tx, "deck.low", { userId: "0198f2c4-7a1b-7c3d-9e4f-0123456789ab" as never })),
  );
  await host.bus.relay();
  await host.worker.idle();
  await expect.poll(async () => (await scrape()).includes("pendo_engine_decks_total")).toBe(true);

  const page = await scrape();

  expect(page).toMatch(/^pendo_http_requests_total\{route="ops\.getHealth",status="200"\} 1$/m);
  expect(page).toMatch(/^pendo_http_requests_total\{route="me\.\w+",status="401"\} 1$/m);
  expect(page).toMatch(/^pendo_http_request_duration_seconds_bucket\{route="ops\.getHealth",le="\+Inf"\} 1$/m);
  expect(page).toMatch(/^pendo_queue_messages_total\{queue="matching"\} 1$/m);
  for (const name of ["waiting_messages", "in_flight_messages", "dead_letters", "oldest_message_age_seconds"])
    expect(page).toMatch(new RegExp(`^pendo_queue_${name}\\{queue="push"\\} 0$`, "m"));
  expect(page).toMatch(/^pendo_outbox_events 0$/m);
  expect(page).toMatch(/^pendo_database_connections\{pool="pendo",state="\w+"\} \d+$/m);
  for (const name of ["sockets_open", "event_loop_lag_p99_seconds", "database_up", "engine_ready", "bugs_total"])
    expect(page).toMatch(new RegExp(`^pendo_${name} [\\d.e-]+$`, "m"));
  const checked = await promtool(page);
  if (!checked) {
    process.stdout.write(
      "\n!!! NOT CHECKED: promtool is not on the PATH, so nothing but our own belief says that /metrics is well formed.\n\n",
    );
    return context.skip();
  }
  expect(checked).toEqual({ code: 0, said: "" });
});

test("/metrics is on loopback alone, on a port of its own, for callers of this machine's name, and on no other path or method", async () => {
  const { port, hostname } = new URL(host.metricsUrl ?? "");
  const ask = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<number> =>
    new Promise((resolve, reject) => {
      httpRequest({ port, host: hostname, path, method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });

  expect(hostname).toBe("127.0.0.1");
  expect(await ask("/metrics")).toBe(200);
  expect(await ask("/metrics", { host: "evil.example" })).toBe(404);
  expect(await ask("/")).toBe(404);
  expect(await ask("/metrics", {}, "POST")).toBe(405);
  expect((await fetch(`${host.url}/metrics`)).status).toBe(404);
});

test("a bug of the host reaches Sentry with its trace and its message scrubbed, and with nothing of a user or the machine", async () => {
  await host.db.unsafe("alter table users rename to users_away");
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const headers = { traceparent, "content-type": "application/json", "user-agent": "canary-agent", cookie: "canary=1" };
  host.observer.bug(new Error("no mail to canary@example.test"), { of: "test" });
  try {
    await fetch(`${host.url}/v1/auth/otp/verify`, {
      method: "POST",
      headers,
      body: JSON.stringify({ email: "canary@example.test", code: "123456" }),
    });
  } finally {
    await host.db.unsafe("alter table users_away rename to users");
  }

  await expect.poll(() => envelopes.length).toBeGreaterThan(0);
  await host.observer.end();

  const events = envelopes.map((envelope) => JSON.parse(envelope.trim().split("\n").at(-1) ?? "") as Record<string, never>);
  expect(events[0]).toMatchObject({
    release: "abc123",
    environment: "test",
    tags: { of: "test", trace: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
    exception: { values: [{ type: "Error", value: "no mail to <email>" }] },
  });
  expect(envelopes.join("\n")).not.toContain("canary");
  for (const event of events)
    for (const key of ["request", "user", "breadcrumbs", "server_name", "contexts", "modules"]) expect(event).not.toHaveProperty(key);
});

test("without a setting nothing is sent to Sentry", async () => {
  const before = envelopes.length;
  const silent = hostObserver({ level: "off", write: () => {} });

  silent.bug(new Error("oh"), {});
  await silent.end();

  expect(envelopes).toHaveLength(before);
});
