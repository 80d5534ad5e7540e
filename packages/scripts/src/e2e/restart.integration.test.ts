import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "@pendo/host/gateway/listen";
import { afterAll, expect, test } from "vitest";
import { signIn } from "../people/person.ts";
import { startHost } from "./childHost.ts";

const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-restart-"));
const port = await freePort(0, "127.0.0.1");
const environment = { PENDO_DATA: dataDir, PORT: String(port) };
const email = "robin@example.test";
/** So long the gateway would wait for clients that keep their connections. */
const PATIENCE_MS = 10_000;
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test("Ctrl-C answers what is under way, closes sockets with 1001 and ends with 0; the next start is quicker than the first; kill -9 hurts neither it nor the data", async () => {
  const first = await startHost(environment);
  const { client, userId } = await signIn(first, email);
  const socket = new WebSocket((await client.realtime.createTicket()).url);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));

  // Half of a request's body is there when the signal comes, and the rest follows.
  const body = JSON.stringify({ email: "late@example.test" });
  const half = connect(port, "127.0.0.1");
  half.write(
    `POST /v1/auth/otp/request HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
  );
  let answer = "";
  half.setEncoding("utf8").on("data", (text: string) => void (answer += text));
  const answered = new Promise((resolve) => half.on("close", resolve));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const ending = first.kill("SIGINT");
  expect(await closed).toBe(1001);
  half.write(body.slice(10));
  const restSentMs = performance.now();
  await answered;
  expect(answer).toMatch(/^HTTP\/1\.1 202 /);
  expect(await ending).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("Finishing what is under way") });
  // Nobody has to wait for clients that would keep their connections.
  expect(performance.now() - restSentMs).toBeLessThan(PATIENCE_MS);
  await expect(fetch(`${first.url}/healthz`)).rejects.toThrow("fetch failed");

  const second = await startHost(environment);
  const again = await signIn(second, email);
  expect([again.userId, again.registered]).toEqual([userId, false]);
  expect((await client.me.get()).id).toBe(userId);
  await client.me.update({ timeZone: "Europe/Lisbon" });
  expect(await second.kill("SIGKILL")).toMatchObject({ code: null, signal: "SIGKILL" });

  const third = await startHost(environment);
  expect((await client.me.get()).timeZone).toBe("Europe/Lisbon");
  expect(await third.kill("SIGTERM")).toMatchObject({ code: 0, stderr: "" });

  const seconds = [first, second, third].map(({ readyMs }) => (readyMs / 1000).toFixed(1));
  process.stdout.write(`Ready after ${seconds[0]} s at the first start, ${seconds[1]} s at the second, ${seconds[2]} s after kill -9.\n`);
  // Against the first start of the same run, which makes the database: seconds would be the machine's.
  expect(Math.min(second.readyMs, third.readyMs)).toBeLessThan(first.readyMs);
});
