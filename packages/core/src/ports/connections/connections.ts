import type { SessionId, UserId } from "@pendo/contract/ids";

export interface Connection {
  readonly connectionId: string;
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly connectedAt: Date;
}

/** Which sockets are open, and whose. Entries vanish by themselves after the longest life of a connection (2 h). */
export interface Connections {
  add(connection: Connection): Promise<void>;
  get(connectionId: string): Promise<Connection | null>;
  remove(connectionId: string): Promise<void>;
  ofUser(userId: UserId): Promise<Connection[]>;
  ping(): Promise<void>;
}
