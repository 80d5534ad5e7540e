import { expect, test } from "vitest";
import { judgeText } from "./textRules.ts";

// Each grows when it is folded, or makes a rule start again at every place.
const shapes = [
  "\uFDFA",
  "\u33C2",
  "\u33D8",
  "\u33A9",
  "\u247D",
  "a",
  "a-",
  "a.",
  "a ",
  "1 ",
  "1a2 b2 ",
  "@a",
  "a@",
  "n-i-g-",
  "im 1",
  "i'm gon",
];
const phrases = ["snigger ", "chink in ", "send gift card ", "earn 5 a day ", "kill the ", "a-dot-", "a at ", "ig:"];

test("no text takes many times as long as an ordinary one of the same length", () => {
  // The time of the processor, since other processes may take the clock's.
  const timeUs = (text: string): number =>
    Math.min(
      ...Array.from({ length: 3 }, () => {
        const start = process.cpuUsage();
        judgeText(text, "profile");
        const { user, system } = process.cpuUsage(start);
        return user + system;
      }),
    );
  const repeated = (shape: string): string => shape.repeat(4000).slice(0, 4000);
  const ordinaryUs = Math.max(timeUs(repeated("Hello, how are you today? ")), 200);

  const ratios = [...shapes, ...phrases].map((shape) => ({ shape, ratio: timeUs(repeated(shape)) / ordinaryUs }));

  // Those that fold into four times their length take about ten times as long; a rule that starts again at every place takes 300 times.
  expect(ratios.filter(({ ratio }) => ratio > 60)).toEqual([]);
});
