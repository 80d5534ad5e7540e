import type { IncomingHttpHeaders } from "node:http";
import { MIMEType } from "node:util";
import { Fault } from "@pendo/core/fault";

/** Of which every text is UTF-8. */
const CHARSETS: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii"]);

type Headers = Pick<IncomingHttpHeaders, "content-encoding" | "content-type">;

/**
 * Refuses a compressed body: nothing here unpacks one.
 * @throws {Fault} `input.mediaType`: the header names a compression
 */
export function checkEncoding({ "content-encoding": encoding = "identity" }: Headers): void {
  if (encoding.trim().toLowerCase() === "identity") return;
  throw new Fault("input.mediaType", { fields: { "/content-encoding": "must be identity" } });
}

/**
 * The media type of a body in lower case, without its parameters; undefined where the header names none.
 * @throws {Fault} `input.mediaType`: the header names a charset in which the body would not be read
 */
export function mediaTypeOf({ "content-type": type = "" }: Headers): string | undefined {
  const parsed = parse(type);
  if (!parsed) return undefined;
  const charset = parsed.params.get("charset")?.trim().toLowerCase();
  if (charset === undefined || CHARSETS.has(charset)) return parsed.essence;
  throw new Fault("input.mediaType", { fields: { "/content-type": "must have the charset utf-8, or none" } });
}

function parse(type: string): MIMEType | undefined {
  try {
    return new MIMEType(type);
  } catch {
    return undefined;
  }
}
