import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { clientAddress, notesOf } from "./clientAddress.ts";

const seen = (host: string, asked: string | undefined, publicUrl?: string): string => {
  const address = clientAddress({ host, port: 4000, publicUrl });
  return address.during({ headers: { host: asked } } as IncomingMessage, () => address.current());
};

test("on all addresses of the machine, each client gets the address that it used", async () => {
  for (const host of ["0.0.0.0", "::", "0", "::0", "0:0:0:0:0:0:0:0", "::ffff:0.0.0.0"]) {
    for (const asked of ["192.168.1.7:4000", "pendo.lan", "[fe80::1]:4000"]) expect(seen(host, asked)).toBe(`http://${asked}`);
    expect(clientAddress({ host, port: 4000 })).toMatchObject({ url: "http://localhost:4000", isGuess: true });
  }
});

test("two requests at once each get their own address, also after a wait", async () => {
  const address = clientAddress({ host: "::", port: 4000 });
  const answer = (host: string, ms: number): Promise<string> =>
    address.during({ headers: { host } } as IncomingMessage, async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return address.current();
    });

  expect(await Promise.all([answer("a.lan", 20), answer("b.lan", 5)])).toEqual(["http://a.lan", "http://b.lan"]);
});

test("what is no host name goes into no answer", () => {
  for (const asked of [
    undefined,
    "",
    "0.0.0.0:4000",
    "[::]:4000",
    "evil.lan/path",
    "a b",
    "u@h",
    "x?y",
    "-",
    "a:123456",
    `${"a".repeat(300)}.lan`,
  ])
    expect([asked, seen("0.0.0.0", asked)]).toEqual([asked, "http://localhost:4000"]);
});

test("a public address, and one that clients can use, is given to every client, whatever it asked", () => {
  expect(seen("0.0.0.0", "other.lan", "https://pendo.example")).toBe("https://pendo.example");
  expect(seen("127.0.0.1", "other.lan")).toBe("http://127.0.0.1:4000");
  expect(seen("::1", "other.lan")).toBe("http://[::1]:4000");
  expect(clientAddress({ host: "::1", port: 4000 }).isGuess).toBe(false);
});

test("the start asks for PENDO_URL where the host listens on every address and has none, and nowhere else", () => {
  const notes = (host: string, publicUrl?: string) => notesOf(host, clientAddress({ host, port: 4000, publicUrl })).join("\n");

  for (const host of ["0.0.0.0", "::"]) expect(notes(host)).toMatch(/set PENDO_URL .*links in emails begin with http:\/\/localhost:4000/);
  for (const host of ["127.0.0.1", "192.168.1.7"]) expect(notes(host)).toBe("");
  expect(notes("0.0.0.0", "https://pendo.example")).toBe("");
});
