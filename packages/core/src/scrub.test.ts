import { expect, test } from "vitest";
import { scrub } from "./scrub.ts";

test.each([
  ["Cannot read properties of null (reading 'write')", 'Cannot read properties of null (reading "write")'],
  ['duplicate key value violates unique constraint "users_email_key"', 'duplicate key value violates unique constraint "users_email_key"'],
  ['null value in column "email" of relation "users" is null', 'null value in column "email" of relation "users" is null'],
  ["connect ECONNREFUSED 10.0.3.17:5432", "connect ECONNREFUSED <n>"],
  ["no user 0198f2c4-7a1b-7c3d-9e4f-0123456789ab", "no user <id>"],
  ["mail to Robin.Doe+x@example.test bounced", "mail to <email> bounced"],
  ["fetch failed for https://x.example/?token=canary", "fetch failed for <url>"],
  ["Key (email)=(canary@example.com) already exists.", "Key (email)=<text> already exists."],
  ['Unexpected token \'c\', "{"text": canary7f3a}" is not valid JSON', "Unexpected token <text>, <text> is not valid JSON"],
  ["Authorization: Bearer abc.def", "Authorization: Bearer <token>"],
  ['invalid input syntax for type uuid: "canary"', "invalid input syntax for type uuid: <text>"],
  ["at 52.5200,13.4050 for 49 s", "at <n> for <n> s"],
  ["token sk_live_4eC39HqLyjWDarjtT1zdp7dc", "token <id>"],
  ["Привет, Robin", "<text>, Robin"],
  ["two\nlines   of it", "two lines of it"],
])("%j is shown as %j", (message, shown) => {
  expect(scrub(message)).toBe(shown);
});

test("a long text is cut, and one full of quotes takes no time", () => {
  const startedMs = performance.now();

  expect(scrub("word ".repeat(10_000)).length).toBeLessThanOrEqual(300);
  for (const part of ["'", '"', "`", "a@", "=(", "a=", "1-", "a1"]) scrub(part.repeat(100_000));

  // Seconds at most; a pattern that backtracks takes hours.
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});
