import { expect, test } from "vitest";
import { Locale, TimeZone } from "./locale.ts";

test.each([
  ["en", "en"],
  ["EN", "en"],
  ["PT-br", "pt-BR"],
  ["zh-hant-tw", "zh-Hant-TW"],
  ["en-GB-u-fw-mon-mu-celsius", "en-GB-u-fw-mon-mu-celsius"],
  ["ar-EG-u-nu-latn", "ar-EG-u-nu-latn"],
  ["th-TH-u-ca-buddhist", "th-TH-u-ca-buddhist"],
  ["de-DE-u-co-phonebk-x-own", "de-DE-u-co-phonebk-x-own"],
  ["iw", "he"],
  ["es-419", "es-419"],
  ["sl-rozaj-biske", "sl-biske-rozaj"],
  ["zh-cmn-Hans-CN", "zh-Hans-CN"],
  ["zh-yue-HK", "yue-HK"],
  ["i-klingon", "tlh"],
  ["en-GB-oed", "en-GB-oxendict"],
  ["x-own", "und-x-own"],
  ["und", "und"],
])("the language tag %s is taken, and kept as %s", (sent, kept) => {
  expect(Locale.safeParse(sent)).toMatchObject({ success: true, data: kept });
  expect(Locale.parse(kept)).toBe(kept);
});

test.each(["", "e", "en_US", "en-", "-en", "en--US", "en-<b>", "a-own", "x", "en-u", "C.UTF-8", "x".repeat(40), `en-${"a".repeat(200)}`])(
  "%j is no language tag",
  (tag) => {
    expect(Locale.safeParse(tag).success).toBe(false);
  },
);

test.each([
  ["Europe/Lisbon", "Europe/Lisbon"],
  ["europe/lisbon", "Europe/Lisbon"],
  ["UTC", "UTC"],
  ["Asia/Calcutta", "Asia/Calcutta"],
  ["Asia/Kolkata", "Asia/Kolkata"],
  ["America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"],
  ["US/Pacific", "US/Pacific"],
  ["Etc/GMT+3", "Etc/GMT+3"],
  ["EST", "EST"],
])("the time zone %s is taken, and kept as %s", (sent, kept) => {
  expect(TimeZone.safeParse(sent)).toMatchObject({ success: true, data: kept });
});

test.each([
  "PST",
  "ACT",
  "CST",
  "IST",
  "SystemV/AST4",
  "SystemV/PST8PDT",
  "US/Pacific-New",
  "Factory",
  "Etc/Unknown",
  "+01:00",
  "",
  "Mars/Base",
])("%j is no zone of the IANA database", (zone) => {
  expect(TimeZone.safeParse(zone).success).toBe(false);
});
