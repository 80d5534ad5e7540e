import { expect, test } from "vitest";
import { sentOf, textOf } from "./text.ts";

const refused = expect.objectContaining({ code: "input.notText" }) as Error;
const base64 = (bytes: Buffer) => ({ body: bytes.toString("base64"), isBase64Encoded: true });

test.each([
  ["Latin-1", Buffer.from('{"name":"Zoë"}', "latin1")],
  ["an emoji that was cut", Buffer.from('{"name":"🦊"}').subarray(0, -4)],
  ["an overlong form", Buffer.from([0xc0, 0xaf])],
  ["half a surrogate pair", Buffer.from([0xed, 0xa0, 0xbd])],
  ["UTF-16", Buffer.from("\ufeff{}", "utf16le")],
])("%s is not UTF-8: it is refused, and no character is replaced", (_, bytes) => {
  expect(() => textOf(base64(bytes))).toThrow(refused);
  expect(() => textOf(sentOf(bytes))).toThrow(refused);
});

test("text comes through whole, as text and as base64, and loses only a byte-order mark before it", () => {
  const text = '{"name":"Zoë 🦊 \ufeff"}';
  for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`)])
    expect([textOf(base64(bytes)), textOf(sentOf(bytes)), textOf({ body: bytes.toString(), isBase64Encoded: false })]).toEqual([
      text,
      text,
      text,
    ]);
  expect(textOf({ isBase64Encoded: false })).toBe("");
});
