import { describe, expect, test } from "vitest";
import { person } from "../conversations/couple.fixture.ts";
import { Fault } from "../fault.ts";
import { memoryCache } from "../ports/cache/memory.ts";
import { resilientCache } from "../ports/cache/resilient.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import type { Connection } from "../ports/connections/connections.ts";
import { connect, SOCKETS_MAX } from "./connect.ts";
import { deliver } from "./deliver.ts";
import { fact, open, session } from "./socket.fixture.ts";
import { issue } from "./tickets.ts";

const db = testDb();
const ports = testPorts(db);

describe("tickets", () => {
  test("a ticket opens one socket, once", async () => {
    const socket = await open(ports, await person(ports));
    await expect(connect(ports, { ticket: socket.ticket, connectionId: "second" })).rejects.toMatchObject({ code: "ticket.invalid" });
    expect(await ports.connections.get(socket.connectionId)).toMatchObject({ userId: socket.userId, sessionId: socket.sessionId });
  });

  test("a ticket of 31 seconds ago, of a revoked session, of a suspended user, or made up, opens nothing", async () => {
    const userId = await person(ports);
    const sessionId = await session(ports, userId);
    const late = await issue(ports, { userId, sessionId });
    expect(late.url).toBe(`ws://127.0.0.1:4000/socket?ticket=${late.ticket}`);
    ports.clock.advance(31_000);
    const revoked = await issue(ports, { userId, sessionId });
    await db`update sessions set revoked_at = ${ports.clock.now()}, revoke_reason = 'logout' where id = ${sessionId}`;
    const suspended = await issue(ports, { userId, sessionId: await session(ports, userId) });
    for (const ticket of [late.ticket, revoked.ticket, "", "x".repeat(43), `${revoked.ticket}x`]) {
      await expect(connect(ports, { ticket, connectionId: "c" })).rejects.toMatchObject({ code: "ticket.invalid" });
    }
    await db`update users set status = 'suspended' where id = ${userId}`;
    await expect(connect(ports, { ticket: suspended.ticket, connectionId: "c" })).rejects.toMatchObject({ code: "ticket.invalid" });
  });

  test("a socket that opens while its session ends is refused, or found and closed with the others", async () => {
    const userId = await person(ports);
    const sessionId = await session(ports, userId);
    const { ticket } = await issue(ports, { userId, sessionId });
    const end = async (): Promise<void> => {
      await db`update sessions set revoked_at = ${ports.clock.now()}, revoke_reason = 'logout' where id = ${sessionId}`;
      await deliver(ports, [fact(ports, "session.revoked", { userId, sessionId })]);
    };
    // The session ends, and all that follows is done, in the moment before the socket is noted.
    const connections = { ...ports.connections, add: async (added: Connection) => end().then(() => ports.connections.add(added)) };
    await connect({ ...ports, connections }, { ticket, connectionId: "late" }).catch(() => undefined);
    expect(await ports.connections.get("late")).toBeNull();
    expect(await ports.connections.ofUser(userId)).toEqual([]);
  });

  test("a ticket that could not be stored is not given out", async () => {
    const userId = await person(ports);
    const away = { ...ports.cache, keep: () => Promise.reject(new Fault("store.unavailable")) };
    const { clock } = ports;
    const cache = resilientCache({ cache: away, local: memoryCache({ clock }), clock, onFailure: () => {} });

    const issued = issue({ ...ports, cache }, { userId, sessionId: await session(ports, userId) });

    await expect(issued).rejects.toMatchObject({ code: "store.unavailable" });
  });

  test("one socket too many closes the oldest", async () => {
    const userId = await person(ports);
    const sockets = [];
    for (let i = 0; i <= SOCKETS_MAX; i++) {
      sockets.push(await open(ports, userId));
      ports.clock.advance(1000);
    }
    expect(sockets.map((socket) => socket.state.closed)).toEqual([true, ...Array.from({ length: SOCKETS_MAX }, () => false)]);
    expect(await ports.connections.ofUser(userId)).toHaveLength(SOCKETS_MAX);
  });
});
