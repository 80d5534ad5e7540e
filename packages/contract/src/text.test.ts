import { expect, test } from "vitest";
import { MessageText } from "./message.ts";
import { verifyOtp } from "./routes/auth.ts";
import { updateMine } from "./routes/profiles.ts";
import { line, paragraphs } from "./text.ts";
import { Day, DayInput, Time, TimeInput } from "./time.ts";

const deviceName = verifyOtp.input.shape.deviceName;
const fields = { line: line(40), paragraphs: paragraphs(100).min(1), message: MessageText, deviceName };

test.for(Object.entries(fields))("%s takes words of any script, and emoji", ([, field]) => {
  for (const words of ["Zoë", "محمد", "דנה", "小林 さくら", "नेहा", "👩🏽‍❤️‍💋‍👨🏿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "O’Hara-Łuc", "می‌خواهم"])
    expect(field.safeParse(words)).toMatchObject({ success: true, data: words });
});

test.for(Object.entries(fields))(
  "%s takes nothing that shows nothing, nor half a character, nor what the database refuses",
  ([, field]) => {
    const nothing = [
      "",
      "  ",
      "\u200b",
      "\u200d\u2060\ufeff",
      "\u3164",
      "\u2800 \u2800",
      "\u00ad",
      "\u{e0061}",
      "\u0301",
      "\u0301\u0302 \u0303",
      "\u20dd",
    ];
    const texts = [...nothing, "a\ud83d", "\udc00b", "a\ufffd", "nul\u0000", "\u001b[2J"];
    expect(texts.filter((text) => field.safeParse(text).success)).toEqual([]);
  },
);

test("a combining mark alone is no name, and one on its base is", () => {
  const name = updateMine.input.shape.name;
  expect(["\u0301", " \u0301", "\u0301\u0327", "\u0903"].filter((text) => name.safeParse(text).success)).toEqual([]);
  expect(["E\u0301", "नेहा"].map((text) => name.safeParse(text).data)).toEqual(["É", "नेहा"]);
});

test("texts that differ only in how their characters are composed are one", () => {
  const interests = updateMine.input.shape.interests;
  expect(interests.parse(["cafe\u0301", "caf\u00e9", "\u1100\u1161"])).toEqual(["caf\u00e9", "caf\u00e9", "\uac00"]);
  expect(paragraphs(9).parse("cafe\u0301")).toBe("caf\u00e9");
});

test("what stands in a profile, and the name of a device, turn no direction", () => {
  for (const field of [fields.line, fields.paragraphs, deviceName])
    for (const turn of ["\u202e", "\u202d", "\u2066", "\u2069", "\u2028"]) expect(field.safeParse(`abc${turn}def`).success).toBe(false);
});

test("a text that may be empty is, but shows something otherwise", () => {
  expect([paragraphs(9).safeParse("").success, paragraphs(9).safeParse("\u200b").success]).toEqual([true, false]);
});

test("days and times are those the database knows", () => {
  expect(["0001-01-01", "2024-02-29"].map((day) => Day.safeParse(day).success)).toEqual([true, true]);
  expect(["0000-12-31", "2023-02-29", "2024-2-9", "+12024-02-09"].map((day) => Day.safeParse(day).success)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(Time.safeParse("0001-01-01T00:00:00Z").success).toBe(true);
  expect(["0000-01-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-02-09T00:00:00"].map((time) => Time.safeParse(time).success)).toEqual([
    false,
    false,
    false,
  ]);
});

test("days and times that a client sends are in years in which arithmetic with them holds", () => {
  const days = ["0001-01-05", "1899-12-31", "1900-01-01", "2000-02-29", "2199-12-31", "2200-01-01", "9999-12-31", "1999-02-29"];
  expect(days.filter((day) => DayInput.safeParse(day).success)).toEqual(["1900-01-01", "2000-02-29", "2199-12-31"]);

  const times = ["0001-01-01", "1969-12-31", "1970-01-01", "2026-02-28", "9999-12-31"].map((day) => `${day}T23:59:59Z`);
  expect(times.filter((time) => TimeInput.safeParse(time).success)).toEqual(times.slice(2));
});
