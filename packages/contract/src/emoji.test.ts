import { expect, test } from "vitest";
import { Emoji } from "./emoji.ts";

const codes = (text: string): string => Array.from(text, (one) => one.codePointAt(0)?.toString(16)).join(" ");

test.each([
  ["2764", "2764 fe0f"],
  ["2764 fe0f", "2764 fe0f"],
  ["1f44d", "1f44d"],
  ["1f44d fe0f", "1f44d"],
  ["1f44d fe0f 1f3fb", "1f44d 1f3fb"],
  ["31 20e3", "31 fe0f 20e3"],
  ["1f3f3 200d 1f308", "1f3f3 fe0f 200d 1f308"],
  ["1f441 200d 1f5e8", "1f441 fe0f 200d 1f5e8 fe0f"],
  ["1f575 1f3fb 200d 2642", "1f575 1f3fb 200d 2642 fe0f"],
  ["1f469 1f3fd 200d 2764 200d 1f48b 200d 1f468 1f3ff", "1f469 1f3fd 200d 2764 fe0f 200d 1f48b 200d 1f468 1f3ff"],
  ["1f3f4 e0067 e0062 e0073 e0063 e0074 e007f", "1f3f4 e0067 e0062 e0073 e0063 e0074 e007f"],
  ["1f1e9 1f1ea", "1f1e9 1f1ea"],
])("the emoji %s is taken, and kept as %s", (sent, kept) => {
  const text = String.fromCodePoint(...sent.split(" ").map((code) => Number.parseInt(code, 16)));
  expect(codes(Emoji.parse(text))).toBe(kept);
});

test.each(["", "\ufe0f", "1", "#", "a", "❤\ufe0e", "👍👍", "❤❤", "👍 ", "\u{1f3fb}\u{1f3fb}"])("%j is not exactly one emoji", (text) => {
  expect(Emoji.safeParse(text).success).toBe(false);
});
