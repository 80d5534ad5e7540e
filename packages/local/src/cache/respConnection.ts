import net from "node:net";

/** An error that Redis answered, such as `WRONGTYPE …`. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
}

/** The connection to Redis is gone, was refused, or did not answer in time; whether the command ran is unknown. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/** A status line such as `+OK`, kept apart from stored bytes that happen to read "OK". */
export interface Status {
  readonly status: string;
}

export type Reply = null | number | Buffer | Status | ReplyError | readonly Reply[];

export interface RespOptions {
  /** Where Redis listens: `{ host, port }`, or `{ path }` of a Unix socket. */
  readonly at: net.NetConnectOpts;
  readonly password?: string;
  /** A connection whose oldest unanswered command is older than this is given up. */
  readonly timeoutMs?: number;
  /** More unanswered commands than this are refused. */
  readonly pendingMax?: number;
}

export interface RespClient {
  /** Sends the commands back to back, none of another caller between them, and answers their replies in order. */
  send(commands: readonly (readonly string[])[]): Promise<Reply[]>;
  close(): void;
}

/** One connection to Redis (RESP2), shared by all callers, opened when it is first used and again after it was lost. */
export function respClient(options: RespOptions): RespClient {
  let opening: Promise<RespClient> | undefined;
  let closed = false;
  const connection = (): Promise<RespClient> => {
    if (opening) return opening;
    // A connection that is lost late must not forget the one opened after it.
    const forget = (): void => {
      if (opening === mine) opening = undefined;
    };
    const mine = openConnection(options, forget);
    mine.catch(forget);
    opening = mine;
    return mine;
  };
  return {
    send: async (commands) => {
      if (closed) throw new ConnectionLost("The connection to Redis was closed.");
      return (await connection()).send(commands);
    },
    close: () => {
      closed = true;
      opening?.then(
        (open) => open.close(),
        () => undefined,
      );
    },
  };
}

interface Waiting {
  readonly sinceMs: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (reason: ConnectionLost) => void;
}

async function openConnection(options: RespOptions, onLost: () => void): Promise<RespClient> {
  const { at, password, timeoutMs = 2000, pendingMax = 100_000 } = options;
  const socket = await connected(at, timeoutMs);
  const waiting: Waiting[] = [];
  let unread: Buffer = Buffer.alloc(0);

  const watch = setInterval(() => {
    const oldest = waiting[0];
    if (oldest && performance.now() - oldest.sinceMs > timeoutMs) socket.destroy();
  }, timeoutMs / 4);
  watch.unref();
  socket.on("error", () => undefined); // "close" always follows
  socket.on("close", () => {
    clearInterval(watch);
    onLost();
    for (const { reject } of waiting.splice(0)) reject(new ConnectionLost("The connection to Redis was lost."));
  });
  socket.on("data", (chunk) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    let start = 0;
    try {
      for (let parsed = parseReply(unread, start); parsed; parsed = parseReply(unread, start)) {
        waiting.shift()?.resolve(parsed.reply);
        start = parsed.end;
      }
    } catch {
      socket.destroy();
    }
    unread = unread.subarray(start);
  });

  const send = (commands: readonly (readonly string[])[]): Promise<Reply[]> => {
    if (socket.destroyed || waiting.length + commands.length > pendingMax) {
      return Promise.reject(new ConnectionLost("The connection to Redis is lost or overloaded."));
    }
    const sinceMs = performance.now();
    const replies = commands.map(() => new Promise<Reply>((resolve, reject) => waiting.push({ sinceMs, resolve, reject })));
    socket.write(commands.map(encodeCommand).join(""));
    return Promise.all(replies);
  };
  if (password !== undefined) {
    const [reply] = await send([["AUTH", password]]);
    if (reply instanceof ReplyError) {
      socket.destroy();
      throw new ConnectionLost(`Redis refused the password: ${reply.message}`);
    }
  }
  return { send, close: () => void socket.destroy() };
}

function connected(at: net.NetConnectOpts, timeoutMs: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(at);
    const timer = setTimeout(() => socket.destroy(new Error("timed out")), timeoutMs);
    const refuse = (cause: Error): void => {
      clearTimeout(timer);
      reject(new ConnectionLost(`Redis can't be reached: ${cause.message}`, { cause }));
    };
    socket.once("error", refuse);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", refuse);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function encodeCommand(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join("")}`;
}

interface Parsed {
  readonly reply: Reply;
  /** Where the next reply begins. */
  readonly end: number;
}

/** Reads one RESP2 reply that begins at `start`; undefined where it has not arrived whole. Throws where the bytes are no RESP2. */
export function parseReply(bytes: Buffer, start: number): Parsed | undefined {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd < 0) return undefined;
  const kind = String.fromCharCode(bytes[start] ?? 0);
  const line = bytes.toString("utf8", start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (kind) {
    case "+":
      return { reply: { status: line }, end };
    case "-":
      return { reply: new ReplyError(line), end };
    case ":":
      return { reply: Number(line), end };
    case "$": {
      const length = Number(line);
      if (length < 0) return { reply: null, end };
      if (bytes.length < end + length + 2) return undefined;
      // A copy, because a view would keep the whole chunk alive.
      return { reply: Buffer.from(bytes.subarray(end, end + length)), end: end + length + 2 };
    }
    case "*":
      return parseArray(bytes, end, Number(line));
    default:
      throw new Error(`Redis answered with a reply of an unknown kind, ${JSON.stringify(kind)}.`);
  }
}

function parseArray(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start };
  const replies: Reply[] = [];
  let end = start;
  for (let index = 0; index < length; index += 1) {
    const parsed = parseReply(bytes, end);
    if (!parsed) return undefined;
    replies.push(parsed.reply);
    end = parsed.end;
  }
  return { reply: replies, end };
}
