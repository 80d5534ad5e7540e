import type { TextPlace, TextReason, TextVerdict } from "../ports/judge/judge.ts";
import { disguisesOf, foldText } from "./foldText.ts";
import { explicitWords, slurs } from "./words.ts";

interface Rule {
  readonly name: string;
  readonly reason: TextReason;
  readonly places: readonly TextPlace[];
  /** `disguised`: the rule is about words, which hide behind digits and dots; the others are about digits and dots. */
  readonly reads: "disguised" | "plain";
  readonly matches: (folded: string) => boolean;
}

const everywhere = ["profile", "message"] as const;
const profile = ["profile"] as const;

const you = String.raw`(?:you|u|ya|her|him|them)\b`;
const play = String.raw`(?!\s+(?:at|in|on|with|for)\b)`;
const will = String.raw`\b(?:i'?ll|i will|i'?m going to|i am going to|i'?m gon+a|gon+a|i wan+a|i want to)`;
const network = String.raw`(?:insta(?:gram)?|ig|snap(?:chat)?|sc|telegram|tg|tele|whats ?app|wa|kik|discord|we ?chat|viber|only ?fans|tik ?tok)`;
const domain = String.raw`(?:com|net|org|io|de|ru|xyz|info|link|app|gg|ly|tv|fans|chat|site|online|shop|club|top|co\.uk)`;
const notAnAge = String.raw`(?!\s*(?:[%/:.,]?\d|%|\/|km|cm|kg|lbs?|miles|st\b|th\b|am\b|pm\b|min|hour|h\b|day|week|month|years? (?!old)))`;
const underage = String.raw`(?:1[0-7]|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)`;

const rules: readonly Rule[] = [
  { name: "slur", reason: "hate", places: everywhere, reads: "disguised", matches: slurs },
  words(
    "extermination",
    "hate",
    everywhere,
    String.raw`\b(?:gas|kill|exterminate|deport) (?:all |every )?(?:the )?(?:jews|muslims|blacks|gays|immigrants|whites|asians)\b|\bheil hitler\b|\b1488\b`,
  ),
  words("violence", "threat", everywhere, String.raw`${will} (?:kill|murder|stab|shoot|strangle|beat) ${you}${play}|\brape ${you}`),
  words("selfHarm", "threat", everywhere, String.raw`\b(?:go )?(?:kill|hang) (?:yourself|urself)\b|\bkys\b`),
  words(
    "minorSexual",
    "minor",
    everywhere,
    String.raw`\b(?:child|kid|kiddie|pre ?teen|underage|minor)s? (?:porn|sex|nudes?)\b|\bjail ?bait\b|\bloli(?:con)?\b`,
  ),
  plain(
    "minorAge",
    "minor",
    everywhere,
    String.raw`\b(?:i'?m|i am|im) (?:actually |only |just |really )?${underage} ?(?:years? old|yo\b|y\/o|yrs? old)`,
  ),
  plain(
    "minorAgeBare",
    "minor",
    profile,
    String.raw`\b(?:i'?m|i am|im) (?:actually |only |just |really )?${underage}\b${notAnAge}(?=\s*(?:[.,!;&)\n]|and\b|but\b|from\b|$))`,
  ),
  words("minorSchool", "minor", profile, String.raw`\bi'?m in (?:the )?(?:[6-9]th|1[01]th|ninth|tenth|eleventh|middle) (?:grade|school)\b`),
  words(
    "giftCard",
    "scam",
    everywhere,
    String.raw`\b(?:send|buy|get|purchase)\b[^.!?\n]{0,25}\b(?:gift|itunes|steam|google play|amazon) ?cards?\b[^.!?\n]{0,25}\b(?:code|number|picture|pay|fee|help)|\b(?:western union|moneygram)\b`,
  ),
  words(
    "investment",
    "scam",
    everywhere,
    String.raw`\b(?:guaranteed|risk ?free) (?:returns?|profits?|income)\b|\bdouble your (?:money|bitcoin|btc|crypto|investment|deposit)\b|\binvest (?:with|through) (?:me|my)\b`,
  ),
  words(
    "easyMoney",
    "scam",
    everywhere,
    String.raw`\b(?:earn|make) (?:up to )?[$€£]?\d[\d.,]*k?[$€£]? ?(?:\w+ )?(?:a|per|every|each) (?:day|week|month)\b[^.!?\n]{0,200}\b(?:home|online|dm|link|contact|join)\b`,
  ),
  words(
    "walletSecret",
    "scam",
    everywhere,
    String.raw`\b(?:seed phrase|recovery phrase|private key|one ?time (?:code|password))\b[^.!?\n]{0,20}\b(?:send|me|share)\b|\bsend (?:me )?(?:your|the) (?:seed|verification code|otp)\b`,
  ),
  words(
    "payMe",
    "scam",
    profile,
    String.raw`\b(?:cash ?app|venmo|pay ?pal|zelle) me\b|\bsugar (?:daddy|mommy|mummy|baby)\b|\b(?:escort|incall|outcall|full service|pay ?pigs?|findom)\b`,
  ),
  { name: "explicit", reason: "sexualContent", places: profile, reads: "disguised", matches: explicitWords },
  plain(
    "email",
    "contactDetails",
    profile,
    String.raw`[\w.+-] ?(?:@|[([{]at[)\]}]) ?[\w-]{1,63} ?(?:\.|[([{]?\bdot\b[)\]}]?) ?[a-z]{2,}\b|[\w.+-] at (?:gmail|hotmail|yahoo|outlook|icloud|proton|gmx|web)\b`,
  ),
  plain(
    "address",
    "contactDetails",
    profile,
    String.raw`\bhttps?:\/\/|\bwww\.|\b(?:t\.me|wa\.me|m\.me)\/|[a-z0-9-]{2} ?(?:\.|[([{]dot[)\]}]| dot ) ?${domain}(?![a-z])`,
  ),
  { name: "phone", reason: "contactDetails", places: profile, reads: "plain", matches: hasPhone },
  plain(
    "handle",
    "contactDetails",
    profile,
    String.raw`(?:^|[\s:(])@[a-z0-9_.]{3,}|\b${network}(?: ?[:@=→>]+ ?)@?(?!my\b|the\b|a\b|not\b|never\b|no\b|so\b|for\b|boring\b|dead\b)[a-z0-9_.]{3,}|\bmy ${network}(?: name| handle)? is @?[a-z0-9_.]{3,}`,
  ),
  words(
    "moveAway",
    "contactDetails",
    profile,
    String.raw`\b(?:add|find|text|dm|message|write|hit|follow|reach) (?:me|me up|us) (?:up )?(?:on|at|via|through) (?:my )?${network}\b`,
  ),
];

/** What may be seen of a text by others. The same text always has the same verdict. */
export function judgeText(text: string, place: TextPlace): TextVerdict {
  const folded = foldText(text);
  if (folded === null) return { state: "rejected", reason: "unreadable", rule: "expansion" };
  const disguises = disguisesOf(folded);
  const broken = rules.find(
    ({ places, reads, matches }) => places.includes(place) && (reads === "plain" ? matches(folded) : disguises.some(matches)),
  );
  return broken ? { state: "rejected", reason: broken.reason, rule: broken.name } : { state: "visible" };
}

function words(name: string, reason: TextReason, places: readonly TextPlace[], source: string): Rule {
  const expression = new RegExp(source, "u");
  return { name, reason, places, reads: "disguised", matches: (folded) => expression.test(folded) };
}

function plain(name: string, reason: TextReason, places: readonly TextPlace[], source: string): Rule {
  return { ...words(name, reason, places, source), reads: "plain" };
}

const numerals = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const NUMERAL = new RegExp(String.raw`\b(?:${numerals.join("|")}|oh)\b`, "g");

/** Nine to fifteen digits with nothing but marks between them, spelled ones included. Years in a row are no number to call. */
function hasPhone(folded: string): boolean {
  const digits = folded.replaceAll(NUMERAL, (numeral) => String(Math.max(0, numerals.indexOf(numeral))));
  return (digits.match(/\+?\d(?:[\s().\-_/*,]{0,3}\d){8,14}/g) ?? []).some((run) => !/^(?:(?:19|20)\d\d[^\d]*)+$/.test(run));
}
