import net from "node:net";
import tls from "node:tls";
import postgres from "postgres";

export interface Address {
  /** A host with its port, or the path of a socket file. */
  readonly to: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly tls: tls.ConnectionOptions | undefined;
  readonly timeoutMs: number;
}

/**
 * Opens the driver's sockets for it, and keeps from it what it (3.4.9) does not survive when a connection is lost:
 *
 * - The server's parting words, a FATAL error, would be the answer to the first query of the next connection as well. Here they end the
 *   socket, as its error: the running query fails with them, the next one finds a clean connection.
 * - A query that is given between a socket's error and its close would never be answered. Here both come in one step.
 * - A connection whose socket could not be made would be forgotten. Here it gets a socket that fails.
 * - A connection that ends before it was ready, without an error, would be opened again at once, for ever. Here it has an error.
 */
export async function dial(address: Address): Promise<net.Socket> {
  try {
    return tamed(await opened(address));
  } catch (error) {
    const failing = tamed(new net.Socket());
    setImmediate(() => failing.destroy(error instanceof Error ? error : new Error(String(error))));
    return failing;
  }
}

async function opened({ to, tls: secure, timeoutMs }: Address): Promise<net.Socket> {
  const raw = net.connect({ ...to, noDelay: true });
  const timer = setTimeout(
    () => raw.destroy(Object.assign(new Error(`no answer in ${timeoutMs} ms`), { code: "CONNECT_TIMEOUT" })),
    timeoutMs,
  );
  try {
    await heard(raw, "connect");
    if (!secure) return raw;
    raw.write(sslRequest);
    const answer = (await heard(raw, "data")) as Buffer;
    // More than the one letter would be text that somebody slipped in before the encryption.
    if (answer.length !== 1 || answer.toString() !== "S") throw new Error("The database server refuses TLS.");
    const host = "host" in to ? to.host : "localhost";
    const encrypted = tls.connect({ socket: raw, ...(net.isIP(host) ? { host } : { servername: host }), ...secure });
    await heard(encrypted, "secureConnect");
    return encrypted;
  } catch (error) {
    raw.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

// Length 8, then the number that PostgreSQL's protocol gives to "may we speak TLS?".
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

function heard(socket: net.Socket, event: "connect" | "data" | "secureConnect"): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      for (const [name, listener] of Object.entries(listeners)) socket.off(name, listener);
      act();
    };
    const listeners: Record<string, (value?: unknown) => void> = {
      [event]: (value) => settle(() => resolve(value)),
      error: (error) => settle(() => reject(error as Error)),
      close: () => settle(() => reject(connectionClosed())),
    };
    for (const [name, listener] of Object.entries(listeners)) socket.on(name, listener);
  });
}

function tamed(socket: net.Socket): net.Socket {
  const split = fatalSplitter();
  let wasReady = false;
  let failure: unknown;
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean;
  socket.emit = (event: string, ...args: unknown[]): boolean => {
    if (event === "error") {
      failure ??= args[0];
      return true;
    }
    if (event === "close" && failure !== undefined) emit("error", failure);
    if (event === "end" && !wasReady) socket.destroy(connectionClosed());
    if (event !== "data") return emit(event, ...args);
    const { pass, fatal, isReady } = split(args[0] as Buffer);
    wasReady ||= isReady;
    if (pass.length > 0) emit("data", pass);
    if (fatal) socket.destroy(fatal);
    return true;
  };
  return socket;
}

function connectionClosed(): Error {
  return Object.assign(new Error("The database server closed the connection."), { code: "CONNECTION_CLOSED" });
}

const headerBytes = 5;
const errorResponse = "E".charCodeAt(0);
const readyForQuery = "Z".charCodeAt(0);

interface Split {
  /** What the driver may see. */
  readonly pass: Buffer;
  readonly fatal: Error | undefined;
  /** Whether the server said, in this piece, that it is ready for a query. */
  readonly isReady: boolean;
}

/**
 * Reads the server's messages (a letter, then a length that counts itself, then the rest) as they come in, in whatever pieces, and passes all
 * of them on but a FATAL error. Only errors are held back until they are whole.
 */
export function fatalSplitter(): (chunk: Buffer) => Split {
  let held: Buffer = Buffer.alloc(0);
  let inMessage = 0;
  return (chunk) => {
    const bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    let at = Math.min(inMessage, bytes.length);
    let isReady = false;
    inMessage -= at;
    while (inMessage === 0 && bytes.length - at >= headerBytes) {
      const length = 1 + bytes.readUInt32BE(at + 1);
      const whole = bytes.length - at >= length;
      if (bytes[at] === errorResponse) {
        if (!whole) break;
        const fatal = readFatal(bytes.subarray(at + headerBytes, at + length));
        if (fatal) return { pass: bytes.subarray(0, at), fatal, isReady };
      }
      isReady ||= bytes[at] === readyForQuery;
      inMessage = whole ? 0 : length - (bytes.length - at);
      at = whole ? at + length : bytes.length;
    }
    held = bytes.subarray(at);
    return { pass: bytes.subarray(0, at), fatal: undefined, isReady };
  };
}

function readFatal(body: Buffer): Error | undefined {
  const fields = new Map(
    body
      .toString()
      .split("\0")
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
  const severity = fields.get("V") ?? fields.get("S") ?? "";
  if (severity !== "FATAL" && severity !== "PANIC") return undefined;
  const message = fields.get("M") ?? "The database server ended the connection.";
  // The driver's own errors are made of an object like this one; its types only do not say so.
  const PostgresError = postgres.PostgresError as unknown as new (fields: object) => Error;
  return new PostgresError({ message, code: fields.get("C"), severity });
}
