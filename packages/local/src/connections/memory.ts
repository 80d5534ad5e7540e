import { SOCKET_LIFE_SEC } from "@pendo/contract/sockets";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { Connection, Connections } from "@pendo/core/ports/connections/connections";

export interface MemoryConnectionsOptions {
  readonly clock: Clock;
}

/** The connections of one process. */
export function memoryConnections({ clock }: MemoryConnectionsOptions): Connections {
  const open = new Map<string, Connection>();
  const byUser = new Map<string, Map<string, Connection>>();
  const isOver = ({ connectedAt }: Connection): boolean => connectedAt.getTime() + SOCKET_LIFE_SEC * 1000 <= clock.now().getTime();
  const forget = (connectionId: string): void => {
    const connection = open.get(connectionId);
    if (!connection) return;
    open.delete(connectionId);
    const others = byUser.get(connection.userId);
    others?.delete(connectionId);
    if (others?.size === 0) byUser.delete(connection.userId);
  };
  const live = (connectionId: string): Connection | null => {
    const connection = open.get(connectionId);
    return connection && !isOver(connection) ? connection : null;
  };

  return {
    add: async (connection) => {
      // The oldest come first, so this stops at the first that still lives, and what is over never piles up.
      for (const [id, old] of open) {
        if (!isOver(old)) break;
        forget(id);
      }
      const present = live(connection.connectionId);
      if (present && (present.userId !== connection.userId || present.sessionId !== connection.sessionId)) {
        throw new Error("A connection that is open can't become another session's.");
      }
      forget(connection.connectionId);
      open.set(connection.connectionId, connection);
      const others = byUser.get(connection.userId) ?? new Map<string, Connection>();
      byUser.set(connection.userId, others.set(connection.connectionId, connection));
    },
    get: async (connectionId) => live(connectionId),
    remove: async (connectionId) => forget(connectionId),
    ofUser: async (userId) => [...(byUser.get(userId)?.values() ?? [])].filter((connection) => !isOver(connection)),
    ping: async () => undefined,
  };
}
