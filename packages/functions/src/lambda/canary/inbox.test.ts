import { code } from "@pendo/core/email/templates/code";
import { compose } from "@pendo/core/ports/mail/ses";
import { expect, test } from "vitest";
import { readLetter } from "./inbox.ts";
import { pairAt } from "./people.ts";

const address = "canary-01-a@in.pendo.example";
const letter = async (digits: string, locale: string): Promise<string> => {
  const content = code({ digits, goodForMin: 10, locale });
  const raw = await compose(
    { id: "0199c0de-7a11-7c0d-8e3f-5f1e2d3c4b5a", to: address, ...content } as never,
    "Pendo <hello@pendo.example>",
  );
  return Buffer.from(raw).toString("latin1");
};
/** What the hops on the way put in front of it. */
const received =
  "Return-Path: <bounce@eu-west-1.amazonses.com>\r\nReceived: from a (b [192.0.2.1])\r\n\tby inbound-smtp.eu-west-1.amazonaws.com with SMTP id 123456\r\n";

test.each([
  ["012345", "en"],
  ["987654", "de"],
])("the code %s is read out of the letter that core writes and SES delivers", async (digits, locale) => {
  expect(readLetter(received + (await letter(digits, locale)))).toEqual({ to: address, code: digits });
});

test.each([
  ["plain", `To: ${address}\r\n\r\nHello\r\n\r\n123456\r\n\r\nBye`, "123456"],
  ["without a type, with bare line ends", `to: <${address}>\n\n123456\n`, "123456"],
  ["base64", `To: ${address}\nContent-Transfer-Encoding: base64\n\n${Buffer.from("Hi\n\n123456\n").toString("base64")}`, "123456"],
  [
    "quoted-printable",
    `To: ${address}\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nf=C3=BCr\n12=\n3456\n`,
    "123456",
  ],
  [
    "nested parts",
    `To: ${address}\nContent-Type: multipart/mixed;\n boundary=out\n\nx\n--out\nContent-Type: multipart/alternative; boundary="in"\n\n--in\nContent-Type: text/html\n\n999999\n--in\nContent-Type: text/plain\n\n123456\n--in--\n--out--\n`,
    "123456",
  ],
  ["whose header comes twice, of which the first is the last hop's", `To: ${address}\nTo: other@pendo.example\n\n123456\n`, "123456"],
  ["only in HTML", `To: ${address}\nContent-Type: text/html\n\n123456\n`, null],
  ["in a sentence", `To: ${address}\n\nSince 123456 of you asked.\n`, null],
  ["in a header", `To: ${address}\nX-Number: 123456\n\nHello\n`, null],
  ["of seven digits", `To: ${address}\n\n1234567\n`, null],
  ["with a boundary that never comes", `To: ${address}\nContent-Type: multipart/mixed; boundary=z\n\n123456\n`, null],
])("a code %s", (_, raw, found) => {
  expect(readLetter(raw)).toEqual({ to: address, code: found });
});

test("what is no letter is none", () => {
  expect(readLetter("")).toEqual({ to: "", code: null });
  expect(readLetter("123456")).toEqual({ to: "", code: null });
});

test("pairs take turns, so that no address asks for more codes a day than it may", () => {
  const day = Date.parse("2026-05-01T00:00:00Z");
  const runs = Array.from({ length: 288 }, (_, i) => pairAt(new Date(day + i * 300_000), "in.pendo.example"));
  const asked = Map.groupBy(
    runs.map(({ emails }) => emails[0]),
    (email) => email,
  );
  // Twenty a day are allowed, and some runs are tried again.
  expect(Math.max(...[...asked.values()].map((all) => all.length))).toBeLessThanOrEqual(15);
  // Neither meets anybody: they live at sea, two degrees and more apart.
  const places = [...new Set(runs.map(({ lat, lon }) => `${lat} ${lon}`))];
  expect(places.length).toBe(asked.size);
  expect(runs.every(({ lat, lon }) => lat === -52 && lon >= -160 && lon <= -100)).toBe(true);
});
