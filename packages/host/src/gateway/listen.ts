import type { Server } from "node:http";
import { createServer } from "node:net";

/** The address cannot be listened on. The message is one line for whoever runs it. */
export class PortError extends Error {
  override readonly name = "PortError";
}

/** The port to use: the one asked for, found free before anything else is started, or any where 0 is asked for. */
export async function freePort(port: number, host: string): Promise<number> {
  const probe = createServer();
  await bound(probe as unknown as Server, port, host);
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address ? address.port : port;
}

/**
 * Listens on an address; resolves as soon as it does.
 * @throws {PortError} where the port is in use or forbidden, or the address is not this machine's
 */
export async function listen(server: Server, port: number, host: string): Promise<void> {
  await bound(server, port, host);
}

function bound(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(explain(error, port, host));
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === "EADDRINUSE")
    return new PortError(
      `Port ${port} is in use by another program. Stop it, or choose another port: PORT=${port < 65_535 ? port + 1 : 4000} npm start`,
    );
  if (error.code === "EACCES")
    return new PortError(`Port ${port} may not be opened by this user. Choose one above 1023: PORT=4000 npm start`);
  if (["ENOTFOUND", "EAI_AGAIN", "EINVAL", "EAFNOSUPPORT"].includes(error.code ?? ""))
    return new PortError(`HOST=${host} is no address to listen on. Try 127.0.0.1.`);
  if (error.code === "EADDRNOTAVAIL") return new PortError(`The address ${host} (HOST) is not one of this machine.`);
  return error;
}
