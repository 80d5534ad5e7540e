import { createServer } from "node:http";
import { expect, test } from "vitest";
import { listening } from "./gateway.fixture.ts";
import { freePort, listen, PortError } from "./listen.ts";

const problemOf = async (trying: Promise<unknown>): Promise<string> => {
  const error = await trying.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PortError);
  return String(error);
};

test("any free port is found where 0 is asked for, and it can be listened on", async () => {
  const port = await freePort(0, "127.0.0.1");
  expect(port).toBeGreaterThan(0);
  const server = createServer();
  await listen(server, port, "127.0.0.1");
  expect(server.listenerCount("error")).toBe(0);
  server.close();
});

test("a port in use, an address that is not of this machine and one that is none are each told in one line", async () => {
  const port = await listening(createServer());
  expect(await problemOf(freePort(port, "127.0.0.1"))).toContain(`Port ${port} is in use by another program`);
  expect(await problemOf(listen(createServer(), port, "127.0.0.1"))).toContain(`PORT=${port + 1} npm start`);
  expect(await problemOf(freePort(0, "192.0.2.1"))).toContain("192.0.2.1 (HOST) is not one of this machine");
  expect(await problemOf(freePort(0, "no-such-host.invalid"))).toContain("HOST=no-such-host.invalid is no address to listen on");
});
