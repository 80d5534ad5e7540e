import net from "node:net";
import tls from "node:tls";
import postgres from "postgres";

export interface Address {
  /** A host with its port, or the path of a socket file. */
  readonly to: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly tls: tls.ConnectionOptions | undefined;
  readonly timeoutMs: number;
}

export interface SocketNews {
  /** The server is ready for its first statement. */
  readonly onReady: () => void;
  /** The socket has closed, with the server's last FATAL error where it sent one. */
  readonly onClosed: (reason: Error) => void;
}

/**
 * Opens a socket for the driver. The driver (3.4.9) receives the server's messages and nothing else: neither the end of the socket nor a
 * FATAL error, which it would take for the result of a later statement.
 */
export async function dial(address: Address, news: SocketNews): Promise<net.Socket> {
  return quiet(await opened(address), news);
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
    // A socket file that is missing means what a refused connection means: no server listens there.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw Object.assign(error as Error, { code: "ECONNREFUSED" });
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

function quiet(socket: net.Socket, { onReady, onClosed }: SocketNews): net.Socket {
  const split = fatalSplitter();
  let failure: Error | undefined;
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean;
  socket.emit = (event: string, ...args: unknown[]): boolean => {
    if (event === "error") {
      failure ??= args[0] as Error;
      return true;
    }
    if (event === "close") {
      onClosed(failure ?? connectionClosed());
      return true;
    }
    if (event !== "data") return emit(event, ...args);
    const { pass, fatal, isReady } = split(args[0] as Buffer);
    if (isReady) onReady();
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
 * of them on but a FATAL error. Only errors are held back until they are whole. An error of an outdated plan is passed on under another name.
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
        const body = bytes.subarray(at + headerBytes, at + length);
        const fatal = readFatal(body);
        if (fatal) return { pass: bytes.subarray(0, at), fatal, isReady };
        hideOutdatedPlan(body);
      }
      isReady ||= bytes[at] === readyForQuery;
      inMessage = whole ? 0 : length - (bytes.length - at);
      at = whole ? at + length : bytes.length;
    }
    held = bytes.subarray(at);
    return { pass: bytes.subarray(0, at), fatal: undefined, isReady };
  };
}

// The functions of the server that fail where a prepared statement no longer fits the tables.
const OUTDATED_PLAN = /\0R(FetchPreparedStatement|RevalidateCachedQuery|transformAssignedExpr)\0/;
const HIDDEN = "-";

/**
 * Keeps the driver from sending a statement again by itself. It would let others go in between, which then get each other's rows, and would write
 * the values a second time, so that JSON becomes JSON of JSON.
 */
function hideOutdatedPlan(body: Buffer): void {
  const [, routine] = OUTDATED_PLAN.exec(body.toString("latin1")) ?? [];
  if (routine) body.write(HIDDEN, body.indexOf(`\0R${routine}\0`) + 2);
}

/** Whether a statement failed because it was prepared before a table changed. On another connection, where it is prepared again, it works. */
export function isOutdatedPlan(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.routine?.startsWith(HIDDEN) === true;
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
