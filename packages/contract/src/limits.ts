export interface LimitSpec {
  /** How many requests one subject may make in a window. */
  readonly max: number;
  readonly windowSec: number;
  /**
   * Whom the limit counts: the signed-in user; the caller's network (an IPv4 address, an IPv6 /64, and four times as much for a /48); or the session,
   * which the domain counts, because it is known only there.
   */
  readonly per: "user" | "ip" | "session";
}

/** Named rate limits; a route names one. Codes and tokens have further limits of their own, per account. */
export const limits = {
  read: { max: 600, windowSec: 60, per: "user" },
  write: { max: 240, windowSec: 60, per: "user" },
  swipe: { max: 120, windowSec: 60, per: "user" },
  message: { max: 120, windowSec: 60, per: "user" },
  upload: { max: 30, windowSec: 60, per: "user" },
  report: { max: 20, windowSec: 900, per: "user" },
  location: { max: 10, windowSec: 60, per: "user" },
  search: { max: 60, windowSec: 60, per: "user" },
  /** Of one session. Its neighbours in the same network have their own. */
  refresh: { max: 30, windowSec: 900, per: "session" },
  auth: { max: 60, windowSec: 60, per: "ip" },
  public: { max: 300, windowSec: 60, per: "ip" },
  /** Requests that were refused because nobody could tell who called: tokens are not guessed at leisure. */
  denied: { max: 300, windowSec: 60, per: "ip" },
  /** Sockets that are opened. */
  handshake: { max: 600, windowSec: 60, per: "ip" },
  /** Files that are read or uploaded by a signed address, where this deployment serves them itself. */
  files: { max: 1200, windowSec: 60, per: "ip" },
  staff: { max: 300, windowSec: 60, per: "user" },
} as const satisfies Record<string, LimitSpec>;

export type LimitName = keyof typeof limits;
