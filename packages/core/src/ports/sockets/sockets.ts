/** The other end of open sockets (`@connections` of API Gateway, or this process's own server). */
export interface Sockets {
  /** Sends one frame. "gone": nobody listens any more, forget the connection. Throws where sending may be tried again. */
  send(connectionId: string, frame: string): Promise<"sent" | "gone">;
  close(connectionId: string): Promise<void>;
}
