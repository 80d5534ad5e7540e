import { faults } from "@pendo/contract/faults";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { expect, test } from "vitest";
import { bodyFields } from "./bodyFields.ts";

const fieldsOf = (contentType: string, body = '{"name":"a"}', form = false): Promise<object> =>
  bodyFields({ headers: { "content-type": contentType }, body, isBase64Encoded: false } as unknown as APIGatewayProxyEventV2, form);

const foreign = ["UTF-16", "utf-16le", '"UTF-16"', "iso-8859-1", "utf-7", '""'];
test.each(foreign)("a body with the charset %s answers 415", async (charset) => {
  await expect(fieldsOf(`application/json;charset=${charset}`)).rejects.toMatchObject({
    code: "input.mediaType",
    fields: { "/content-type": expect.stringContaining("utf-8") as string },
  });
  await expect(fieldsOf(`application/x-www-form-urlencoded; CharSet=${charset}`, "name=a", true)).rejects.toMatchObject({
    code: "input.mediaType",
  });
  expect(faults["input.mediaType"].status).toBe(415);
});

test("a body with the charset utf-8 or us-ascii is read, however it is written", async () => {
  const types = ["charset=UTF-8", 'Charset="utf-8"', "charset=utf8", "charset=US-ASCII", "", "x=1"];
  for (const parameter of types) {
    expect([parameter, await fieldsOf(`Application/JSON ; ${parameter}`)]).toEqual([parameter, { name: "a" }]);
    expect(await fieldsOf(`application/x-www-form-urlencoded;${parameter}`, "name=a", true)).toEqual({ name: "a" });
  }
});

test("a body of no media type, or of another one, answers 415", async () => {
  for (const type of ["", "json", "application", "text/plain", "application/jsonp", "application/x-www-form-urlencoded"])
    await expect(fieldsOf(type)).rejects.toMatchObject({ code: "input.mediaType" });
});
