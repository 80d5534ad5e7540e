export interface LimitSpec {
  /** How many requests one subject may make in a window. */
  readonly max: number;
  readonly windowSec: number;
  /**
   * The subject. An `ip` is an IPv4 address or an IPv6 /64; a /48 gets four times the limit.
   * Only the domain knows `session` and `newDevice` (the network of a device that never signed in), so it counts them.
   */
  readonly per: "user" | "ip" | "session" | "newDevice";
}

/** The rate limits. Each route names one. Codes and tokens have further limits per account. */
export const limits = {
  read: { max: 600, windowSec: 60, per: "user" },
  write: { max: 240, windowSec: 60, per: "user" },
  /** A block of any id is stored, so the limit bounds the number of rows. */
  block: { max: 60, windowSec: 900, per: "user" },
  swipe: { max: 120, windowSec: 60, per: "user" },
  message: { max: 120, windowSec: 60, per: "user" },
  upload: { max: 30, windowSec: 60, per: "user" },
  report: { max: 20, windowSec: 900, per: "user" },
  location: { max: 10, windowSec: 60, per: "user" },
  search: { max: 60, windowSec: 60, per: "user" },
  /** Counted per session, because many users may share a network. */
  refresh: { max: 30, windowSec: 900, per: "session" },
  codeRequest: { max: 60, windowSec: 60, per: "newDevice" },
  /** Tries with an unknown challenge, and tries beyond those that a challenge allows. */
  codeVerify: { max: 60, windowSec: 60, per: "newDevice" },
  public: { max: 300, windowSec: 60, per: "ip" },
  /** Requests refused before the user is known. The limit prevents guessing of tokens. */
  denied: { max: 300, windowSec: 60, per: "ip" },
  /** Opened sockets. */
  handshake: { max: 600, windowSec: 60, per: "ip" },
  /** Reads and uploads of files by signed address, if this deployment serves files itself. */
  files: { max: 1200, windowSec: 60, per: "ip" },
  staff: { max: 300, windowSec: 60, per: "user" },
} as const satisfies Record<string, LimitSpec>;

export type LimitName = keyof typeof limits;
