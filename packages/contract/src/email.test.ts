import { expect, test } from "vitest";
import { Email } from "./email.ts";

test.each([
  ["robin@example.com", "robin@example.com"],
  [" Robin@EXAMPLE.com ", "robin@example.com"],
  ["user@xn--80ak6aa92e.xn--p1ai", "user@xn--80ak6aa92e.xn--p1ai"],
  ["user@аррӏе.рф", "user@xn--80ak6aa92e.xn--p1ai"],
  ["User@АРРӏЕ.РФ", "user@xn--80ak6aa92e.xn--p1ai"],
  ["a@münchen.de", "a@xn--mnchen-3ya.de"],
  ["a@mu\u0308nchen.de", "a@xn--mnchen-3ya.de"],
  ["a@例え。テスト", "a@xn--r8jz45g.xn--zckzah"],
  ["a&b@example.test", "a&b@example.test"],
  ["o'hara+tag/x=1@mail.example.co.uk", "o'hara+tag/x=1@mail.example.co.uk"],
  ["a@１２.example.com", "a@12.example.com"],
])("the address %s is taken, and kept as %s", (sent, kept) => {
  expect(Email.safeParse(sent)).toMatchObject({ success: true, data: kept });
  expect(Email.parse(kept)).toBe(kept);
});

test.each([
  "",
  "a",
  "a@b",
  "@example.com",
  "a@",
  "a@b@example.com",
  ".a@example.com",
  "a..b@example.com",
  "a b@example.com",
  '"a b"@example.com',
  "ü@example.com",
  "a@-example.com",
  "a@example.com.",
  "a@ex_ample.com",
  "a@1.2.3.4",
  "a@0x7f.1",
  "a@[127.0.0.1]",
  "a@ex%61mple.com",
  "a@example.com/x",
  "a@example.com\nb@example.com",
  `${"a".repeat(65)}@example.com`,
  `a@${"b".repeat(64)}.com`,
  `a@${"b.".repeat(130)}com`,
])("%j is no address", (text) => {
  expect(Email.safeParse(text).success).toBe(false);
});
