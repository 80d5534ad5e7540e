import type { IncomingMessage } from "node:http";
import type { Cache } from "@pendo/core/ports/cache/cache";
import { expect, test } from "vitest";
import { doors } from "./admission.ts";

const PORT = 4000;

/** Whether a page of this origin may open a socket at the host of this name. */
const mayOpen = (origin: string, host: string, url = `http://localhost:${PORT}`): boolean =>
  doors({} as Cache, { url, port: PORT, origins: ["https://app.example"] }).isOriginAllowed({
    headers: { origin, host },
  } as IncomingMessage);

test("an origin that equals the Host header opens no socket where it is a name that the settings do not have", () => {
  for (const name of [
    "rebound.example:4000",
    "rebound.example",
    "localhost.rebound.example:4000",
    "127.0.0.1.rebound.example:4000",
    "a.1:4000",
  ])
    for (const scheme of ["http", "https"]) expect([name, mayOpen(`${scheme}://${name}`, name)]).toEqual([name, false]);
});

test("pages at the public address, at loopback names and at an address of the machine open a socket", () => {
  for (const name of ["localhost:4000", "127.0.0.1:4000", "[::1]:4000", "192.168.1.7:4000", "[fe80::1]:4000", "203.0.113.9"])
    expect([name, mayOpen(`http://${name}`, name, "https://pendo.example/api")]).toEqual([name, true]);
  expect(mayOpen("https://pendo.example", "127.0.0.1:4000", "https://pendo.example/api")).toBe(true);
  expect(mayOpen("https://app.example", "pendo.example")).toBe(true);
});

test("a page of another port or address opens no socket", () => {
  for (const origin of [
    "http://localhost:3000",
    "http://127.0.0.1",
    "http://192.168.1.8:4000",
    "null",
    "file://",
    "http://",
    "ws://192.168.1.7:4000",
  ])
    expect([origin, mayOpen(origin, "192.168.1.7:4000")]).toEqual([origin, false]);
});
