import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const CONSOLE_PATH = "/_local";

/** What the console's page sends with each request. A page of another site cannot send it without asking first, and is refused. */
const CONSOLE_HEADER = "x-pendo-console";

export interface Door {
  /** Whether this is the console's secret. */
  fits(secret: string): boolean;
  /** What a browser keeps once it came with the secret: no script reads it, and no other site makes the browser send it. */
  readonly setCookie: string;
  /** Whether the request carries the secret, or the cookie together with the page's own header. */
  isOpenTo(request: IncomingMessage): boolean;
  /** Whether the request carries the cookie. Enough for the page, which holds no data. */
  isKnown(request: IncomingMessage): boolean;
}

/** Decides who may use the console: only a client that has the secret. No address, host name or proxy header opens it. */
export function consoleDoor({ secret, isHttps }: { secret: string; isHttps: boolean }): Door {
  const fits = (given: string): boolean => timingSafeEqual(digest(given), digest(secret));
  // Derived, so that a cookie that leaks does not tell the secret; named by it, because all ports of a machine share their cookies.
  const value = createHmac("sha256", secret).update("cookie").digest("base64url");
  const name = `pendo-console-${createHmac("sha256", secret).update("name").digest("hex").slice(0, 8)}`;
  const isKnown = ({ headers }: IncomingMessage): boolean => {
    const given = (headers.cookie ?? "").split("; ").find((cookie) => cookie.startsWith(`${name}=`));
    return given !== undefined && timingSafeEqual(digest(given), digest(`${name}=${value}`));
  };
  return {
    fits,
    setCookie: `${name}=${value}; Path=${CONSOLE_PATH}; HttpOnly; SameSite=Strict${isHttps ? "; Secure" : ""}`,
    isKnown,
    isOpenTo: (request) => {
      const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
      if (bearer !== undefined) return fits(bearer);
      return request.headers[CONSOLE_HEADER] !== undefined && isKnown(request);
    },
  };
}

// Of one length, whatever was given.
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
