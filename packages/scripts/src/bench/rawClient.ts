import { connect, type Socket } from "node:net";

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body?: string;
}

/** One keep-alive connection that sends a request at a time. It parses only what it must, so that the load costs little beside what it loads. */
export interface RawConnection {
  /** The status of the answer. */
  send(request: Request): Promise<number>;
  close(): void;
}

/**
 * Opens a connection.
 * @throws {Error} where the server can't be reached; `send` rejects where the server closes the connection
 */
export async function openConnection(host: string, port: number): Promise<RawConnection> {
  const socket: Socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  let answered: ((status: number) => void) | undefined;
  let failed: ((error: Error) => void) | undefined;
  let received = "";
  // Latin-1 keeps one character per byte, so lengths are bytes.
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received += chunk;
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = /content-length: (\d+)/i.exec(received.slice(0, end))?.[1];
    if (received.length < end + 4 + Number(length ?? 0)) return;
    const status = Number(received.slice(9, 12));
    received = "";
    answered?.(status);
  });
  const lose = (): void => failed?.(new Error("The server closed the connection."));
  socket.on("error", lose);
  socket.on("close", lose);
  return {
    send: ({ method, path, token, body = "" }) =>
      new Promise((resolve, reject) => {
        answered = resolve;
        failed = reject;
        const content = body === "" ? "" : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
        socket.write(`${method} ${path} HTTP/1.1\r\nhost: ${host}:${port}\r\nauthorization: Bearer ${token}\r\n${content}\r\n${body}`);
      }),
    close: () => {
      socket.removeAllListeners("close");
      socket.destroy();
    },
  };
}
