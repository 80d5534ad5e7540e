import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { arrive, leave } from "./presence.ts";
import { mayConnect } from "./realtime.sql.ts";
import { redeem } from "./tickets.ts";

/** How many sockets one user may hold open; a further one closes the oldest. */
export const SOCKETS_MAX = 10;

type Ports = Uses<"db" | "bus" | "cache" | "connections" | "sockets">;

/**
 * Opens a socket for whom its ticket was made.
 * @throws {Fault} `ticket.invalid`: the ticket is unknown, used or over, or its session was revoked meanwhile
 */
export async function connect(ports: Ports, { ticket, connectionId }: { ticket: string; connectionId: string }): Promise<void> {
  const holder = await redeem(ports, ticket);
  // Known before it is asked for: whoever ends the session later finds the socket and closes it.
  await ports.connections.add({ connectionId, ...holder, connectedAt: ports.clock.now() });
  if (!(await mayConnect(ports.db, holder))) {
    await ports.connections.remove(connectionId);
    throw new Fault("ticket.invalid");
  }
  const open = await ports.connections.ofUser(holder.userId);
  const tooMany = open.toSorted((x, y) => y.connectedAt.getTime() - x.connectedAt.getTime()).slice(SOCKETS_MAX);
  await Promise.all(tooMany.map((old) => close(ports, old.connectionId)));
  await arrive(ports, holder.userId);
}

/** A socket has closed. What is not known any more is not looked for. */
export async function disconnect(ports: Ports, { connectionId }: { connectionId: string }): Promise<void> {
  const connection = await ports.connections.get(connectionId);
  if (!connection) return;
  await ports.connections.remove(connectionId);
  await leave(ports, connection.userId);
}

/** Closes a socket from this side. */
export async function close(ports: Ports, connectionId: string): Promise<void> {
  await ports.sockets.close(connectionId);
  await disconnect(ports, { connectionId });
}
