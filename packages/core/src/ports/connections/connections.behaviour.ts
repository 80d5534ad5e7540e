import type { SessionId, UserId } from "@pendo/contract/ids";
import { SOCKET_LIFE_SEC } from "@pendo/contract/sockets";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MovableClock } from "../clock/clock.ts";
import { testIds } from "../ids/testIds.fixture.ts";
import type { Connection, Connections } from "./connections.ts";

export interface ConnectionsUnderTest {
  readonly connections: Connections;
  readonly clock: MovableClock;
  stop(): Promise<void>;
}

/** What every adapter of the connections promises. `name` says which one it is. */
export function connectionsBehaviour(name: string, start: () => Promise<ConnectionsUnderTest>): void {
  describe(`the connections in ${name}`, () => {
    let under: ConnectionsUnderTest;
    let all: Connections;
    beforeAll(async () => {
      under = await start();
      all = under.connections;
    });
    afterAll(() => under.stop());
    const opened = (userId = newUser(), sessionId = newSession()): Connection => ({
      connectionId: `c-${testIds.next()}=`,
      userId,
      sessionId,
      connectedAt: under.clock.now(),
    });
    const idsOf = async (userId: UserId): Promise<string[]> => (await all.ofUser(userId)).map((open) => open.connectionId).toSorted();

    test("answers its ping", async () => {
      await expect(all.ping()).resolves.toBeUndefined();
    });

    test("gives back a connection as it was added", async () => {
      const connection = opened();
      await all.add(connection);
      expect(await all.get(connection.connectionId)).toEqual(connection);
      expect(await all.ofUser(connection.userId)).toEqual([connection]);
    });

    test("knows nothing of strangers", async () => {
      expect(await all.get("nobody")).toBeNull();
      expect(await all.ofUser(newUser())).toEqual([]);
      await expect(all.remove("nobody")).resolves.toBeUndefined();
    });

    test("finds all connections of a user, of several sessions, and nobody else's", async () => {
      const [ada, bob] = [newUser(), newUser()];
      const adas = Array.from({ length: 25 }, () => opened(ada));
      await Promise.all([...adas, opened(bob), opened(bob)].map((connection) => all.add(connection)));
      expect(await idsOf(ada)).toEqual(adas.map(({ connectionId }) => connectionId).toSorted());
      expect(await idsOf(bob)).toHaveLength(2);
    });

    test("forgets a connection that was removed, and no other", async () => {
      const [gone, stays] = [opened(), opened()];
      await Promise.all([all.add(gone), all.add({ ...stays, userId: gone.userId })]);
      await all.remove(gone.connectionId);
      await all.remove(gone.connectionId);
      expect(await all.get(gone.connectionId)).toBeNull();
      expect(await idsOf(gone.userId)).toEqual([stays.connectionId]);
    });

    test("takes a connection added twice by its session for one", async () => {
      const connection = opened();
      await all.add(connection);
      await all.add(connection);
      expect(await idsOf(connection.userId)).toEqual([connection.connectionId]);
    });

    test("refuses to give an open connection to another user or session", async () => {
      const connection = opened();
      await all.add(connection);
      await expect(all.add({ ...connection, userId: newUser() })).rejects.toThrow(/another session's/);
      await expect(all.add({ ...connection, sessionId: newSession() })).rejects.toThrow(/another session's/);
      expect(await all.get(connection.connectionId)).toEqual(connection);
    });

    test("of 20 users who add one connection at once, one owns it", async () => {
      const { connectionId } = opened();
      const added = await Promise.allSettled(Array.from({ length: 20 }, () => all.add({ ...opened(), connectionId })));
      expect(added.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    test("forgets connections by itself after the longest life of a socket, not before", async () => {
      const old = opened();
      await all.add(old);
      under.clock.advance((SOCKET_LIFE_SEC - 5) * 1000);
      const young = opened(old.userId);
      await all.add(young);
      expect(await idsOf(old.userId)).toEqual([old.connectionId, young.connectionId].toSorted());
      under.clock.advance(7_000);
      expect(await all.get(old.connectionId)).toBeNull();
      expect(await idsOf(old.userId)).toEqual([young.connectionId]);
      // Its id is free again, whether or not the store has swept it.
      await all.add({ ...opened(), connectionId: old.connectionId });
      expect(await idsOf(old.userId)).toEqual([young.connectionId]);
    });
  });
}

function newUser(): UserId {
  return testIds.next<UserId>();
}

function newSession(): SessionId {
  return testIds.next<SessionId>();
}
