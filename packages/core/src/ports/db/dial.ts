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
 * Opens the driver's sockets for it. The driver (3.4.9) keeps the server's parting words (a FATAL error) beyond the end of a connection and
 * answers the first query of the next one with them, so one restart of the database would fail each connection twice. Here the parting words
 * end the socket instead, as its error: the running query fails with them, the next one finds a clean connection.
 */
export async function dial(address: Address): Promise<net.Socket> {
  try {
    return endOnFatal(await opened(address));
  } catch (error) {
    // The driver forgets a connection whose socket could not be made; a socket that fails a moment later it knows how to deal with.
    const failing = new net.Socket();
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
      close: () =>
        settle(() => reject(Object.assign(new Error("The database server closed the connection."), { code: "CONNECTION_CLOSED" }))),
    };
    for (const [name, listener] of Object.entries(listeners)) socket.on(name, listener);
  });
}

function endOnFatal<T extends net.Socket>(socket: T): T {
  const split = fatalSplitter();
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean;
  socket.emit = (event: string, ...args: unknown[]): boolean => {
    if (event !== "data") return emit(event, ...args);
    const { pass, fatal } = split(args[0] as Buffer);
    if (pass.length > 0) emit("data", pass);
    if (fatal) socket.destroy(fatal);
    return true;
  };
  return socket;
}

const headerBytes = 5;
const errorResponse = "E".charCodeAt(0);

/**
 * Reads the server's messages (a letter, then a length that counts itself, then the rest) as they come in, in whatever pieces, and passes all
 * of them on but a FATAL error. Only errors are held back until they are whole.
 */
export function fatalSplitter(): (chunk: Buffer) => { pass: Buffer; fatal: Error | undefined } {
  let held: Buffer = Buffer.alloc(0);
  let inMessage = 0;
  return (chunk) => {
    const bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    let at = Math.min(inMessage, bytes.length);
    inMessage -= at;
    while (inMessage === 0 && bytes.length - at >= headerBytes) {
      const length = 1 + bytes.readUInt32BE(at + 1);
      const whole = bytes.length - at >= length;
      if (bytes[at] === errorResponse) {
        if (!whole) break;
        const fatal = readFatal(bytes.subarray(at + headerBytes, at + length));
        if (fatal) return { pass: bytes.subarray(0, at), fatal };
      }
      inMessage = whole ? 0 : length - (bytes.length - at);
      at = whole ? at + length : bytes.length;
    }
    held = bytes.subarray(at);
    return { pass: bytes.subarray(0, at), fatal: undefined };
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
