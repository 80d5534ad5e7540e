import { isUtf8 } from "node:buffer";
import { Fault } from "@pendo/core/fault";

// Leaves out a leading byte-order mark, and throws where the bytes are not UTF-8 instead of replacing them.
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What a gateway hands over of a request or a frame: text, or bytes as base64. */
export interface Sent {
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
}

/**
 * The text of a request or a frame, without a byte-order mark before it.
 * @throws {Fault} `input.notText`: the bytes are not UTF-8
 */
export function textOf({ body = "", isBase64Encoded }: Sent): string {
  if (!isBase64Encoded) return body.startsWith("\ufeff") ? body.slice(1) : body;
  try {
    return utf8.decode(Buffer.from(body, "base64"));
  } catch (cause) {
    throw new Fault("input.notText", { cause });
  }
}

/** How a gateway hands bytes over: as text where they are UTF-8, and as base64 where a text would lose some. */
export function sentOf(bytes: Buffer): Sent & { readonly body: string } {
  const isText = isUtf8(bytes);
  return { body: bytes.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}
