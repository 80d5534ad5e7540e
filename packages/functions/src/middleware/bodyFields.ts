import { Fault } from "@pendo/core/fault";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { checkEncoding, mediaTypeOf } from "./contentHeaders.ts";
import { textOf } from "./text.ts";

const BODY_BYTES_MAX = 64 * 1024;

/**
 * The fields of a request's body: JSON, or a form where the route takes one.
 * @throws {Fault} `input.tooLarge`: the body is larger than any route accepts
 * @throws {Fault} `input.mediaType`: the body is compressed, or of a type or charset that the route does not take
 * @throws {Fault} `input.notText`: the bytes are not UTF-8
 * @throws {Fault} `input.notJson`: the text is not JSON
 * @throws {Fault} `input.invalid`: the body is no object, or no form
 */
export async function bodyFields(event: APIGatewayProxyEventV2, form: boolean): Promise<object> {
  if (!event.body) return {};
  if (Buffer.byteLength(event.body, event.isBase64Encoded ? "base64" : "utf8") > BODY_BYTES_MAX) throw new Fault("input.tooLarge");
  checkEncoding(event.headers);
  const mediaType = mediaTypeOf(event.headers);
  if (form && mediaType === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(textOf(event)));
  if (form && mediaType === "multipart/form-data") return await multipartFields(textOf(event), event.headers["content-type"] ?? "");
  if (mediaType !== "application/json") throw new Fault("input.mediaType");
  return objectOf(textOf(event));
}

function objectOf(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Fault("input.notJson", { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Fault("input.invalid", { fields: { "/": "must be an object" } });
}

async function multipartFields(text: string, type: string): Promise<object> {
  try {
    return Object.fromEntries(await new Response(text, { headers: { "content-type": type } }).formData());
  } catch (cause) {
    throw new Fault("input.invalid", { fields: { "/": "must be a multipart form" }, cause });
  }
}
