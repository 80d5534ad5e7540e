import { expect, test } from "vitest";
import type { TextPlace, TextReason } from "../ports/judge/judge.ts";
import { FOLDED_MAX, foldText } from "./foldText.ts";
import { judgeText } from "./textRules.ts";

const caught: [TextPlace, TextReason, string][] = [
  ["message", "hate", "you are a nigger"],
  ["message", "hate", "you n1gg3r"],
  ["message", "hate", "N-I-G-G-E-R"],
  ["message", "hate", "n i g g e r go home"],
  ["message", "hate", "niiiiigger"],
  ["message", "hate", "nіggеr"],
  ["message", "hate", "ｆａｇｇｏｔ"],
  ["message", "hate", "𝖋𝖆𝖌𝖌𝖔𝖙"],
  ["message", "hate", "f\u200Ba\u200Bg\u200Bgot"],
  ["message", "hate", "f.a.g.g.o.t"],
  ["message", "hate", "fa**ggot"],
  ["message", "hate", "fággöt"],
  ["message", "hate", "dirty k1ke"],
  ["message", "hate", "what a ret@rd"],
  ["message", "hate", "kill all the jews"],
  ["message", "threat", "I will kill you"],
  ["message", "threat", "i'm gonna stab u"],
  ["message", "threat", "go k1ll yourself"],
  ["message", "threat", "kys"],
  ["message", "threat", "I want to rape you"],
  ["message", "minor", "got any child porn?"],
  ["message", "minor", "I'm only 15 years old"],
  ["message", "scam", "please buy a Steam gift card and send me the code"],
  ["message", "scam", "I can double your bitcoin in a week"],
  ["message", "scam", "guaranteed returns, invest with me"],
  ["message", "scam", "send it by Western Union"],
  ["message", "scam", "send me your verification code"],
  ["profile", "scam", "Cashapp me first"],
  ["profile", "scam", "looking for a sugar daddy"],
  ["profile", "scam", "earn $5000 a week from home, dm me"],
  ["profile", "minor", "im 16, be nice"],
  ["profile", "minor", "I'm in 10th grade"],
  ["profile", "sexualContent", "ask me for nudes"],
  ["profile", "sexualContent", "bl0wj0b queen"],
  ["profile", "sexualContent", "р о r n"],
  ["profile", "sexualContent", "d1ck pics welcome"],
  ["profile", "contactDetails", "mail me: anna.b@example.com"],
  ["profile", "contactDetails", "anna (at) example (dot) com"],
  ["profile", "contactDetails", "anna at gmail"],
  ["profile", "contactDetails", "see www.example.org"],
  ["profile", "contactDetails", "my page is annas-page.xyz"],
  ["profile", "contactDetails", "t.me/anna99"],
  ["profile", "contactDetails", "call +49 151 2345 6789"],
  ["profile", "contactDetails", "call 0151-234-56789"],
  ["profile", "contactDetails", "zero one five one two three four five six seven"],
  ["profile", "contactDetails", "０１５１２３４５６７８"],
  ["profile", "contactDetails", "insta: anna_b99"],
  ["profile", "contactDetails", "snap = annab"],
  ["profile", "contactDetails", "add me on snapchat"],
  ["profile", "contactDetails", "ig @anna.b"],
  ["profile", "contactDetails", "my insta is anna_b"],
  ["profile", "contactDetails", "@anna.b everywhere"],
];

test.each(caught)("in a %s, %s is caught: %s", (place, reason, text) => {
  expect(judgeText(text, place)).toMatchObject({ state: "rejected", reason });
});

const innocent = [
  "I grew up in Scunthorpe and went to school in Penistone.",
  "Clitheroe, Lightwater, Sussex, Essex and Middlesex are all on my map.",
  "My uncle Dick Hancock sells cocktails in Cockermouth.",
  "I fly gliders; the cockpit is my happy place.",
  "Class of 2012, magna cum laude, and proud of it.",
  "I cook with cumin, and dance cumbia on Fridays.",
  "Assistant professor of classics, passionate about glass.",
  "Night shifts as a nurse taught me patience.",
  "There is a chink in my armour and it is chocolate.",
  "I play the Fagott in an orchestra.",
  "Ich spiele Fagott und habe einen dicken Kater.",
  "Maine coon owner. He owns me, really.",
  "Snigger at bad puns with me.",
  "Spick and span flat, wild garden.",
  "I come from Montenegro; my favourite colour is negro, as we say in Spanish.",
  "Pakistan, Niger and Nigeria: three countries I have worked in.",
  "Firefighter. I know everything about fire retardants.",
  "I'm 15 minutes late to everything.",
  "I'm 12 years sober and grateful.",
  "I'm 10/10 at parallel parking.",
  "I am 17 km from the sea.",
  "When I was 15 I wanted to be a pilot.",
  "I teach 9th grade maths.",
  "I work in crypto security and earn a modest living.",
  "I bought my sister a gift card for her birthday.",
  "I deleted Instagram last year and never looked back.",
  "Not on Instagram, not on Snapchat, just here.",
  "Lived in Lisbon 2015-2018, Porto 2018 - 2020 and Berlin since 2021.",
  "Half marathon in 1:52:30, 10k in 48:12.",
  "I have read 1,000 books and forgotten 999.",
  "I like node.js more than I should.",
  "Coffee at nine, dot the i, then work.",
  "Meet me at the market at ten, I am the one with two dogs.",
  "One, two, three, waltz!",
  "Sex education is what I teach; ask me about it politely.",
  "I analyse data. Analogue photography at weekends.",
  "Therapist by day, grape farmer by night.",
  "Titanic is my guilty pleasure, and so is Titian.",
  "Pussy willows in spring are the best.",
  "I will kill you at Mario Kart.",
  "I'm gonna beat you at chess, then cook for you.",
  "That film killed me, I laughed so hard.",
  "Kung fu and tai chi on Sundays.",
  "A friend once told me I look like a young Dickens.",
  "Я люблю горы, море и хорошие книги.",
  "Μου αρέσουν τα βουνά και η θάλασσα.",
  "Me gusta el vino y los perros grandes.",
  "J'adore les soirées raclette et les chats.",
  "日本語を勉強しています。",
  "U.S.A. born, E.U. raised",
  "a b c d e f g, you know the song",
  "My signal is bad in the mountains.",
  "Email is how I work, hiking is how I live.",
  "Pay attention to my dog, not to me.",
  "",
];

test.each(innocent)("nobody is accused of: %s", (text) => {
  expect(judgeText(text, "profile")).toEqual({ state: "visible" });
  expect(judgeText(text, "message")).toEqual({ state: "visible" });
});

test("two people who chose each other may exchange addresses and words of their own", () => {
  expect(judgeText("call me: +49 151 2345 6789, or insta: anna_b99", "message")).toEqual({ state: "visible" });
  expect(judgeText("that was fucking great, you slut ;)", "message")).toEqual({ state: "visible" });
});

test("a text that grows beyond the limit when it is folded is refused before any rule reads it", () => {
  for (const shape of ["\uFDFA", "\uFDFB", "\u33C2\uFDFA"]) {
    const text = shape.repeat(4000).slice(0, 4000);

    expect(foldText(text)).toBeNull();
    expect(judgeText(text, "message")).toEqual({ state: "rejected", reason: "unreadable", rule: "expansion" });
  }
});

test("the limit of a folded text leaves room for the longest honest ones", () => {
  for (const shape of ["a", "한", "각", "𠮷", "ﬁ", "½", "é", "🇩🇪"]) {
    const text = shape.repeat(4000).slice(0, 4000);

    expect(foldText(text)?.length).toBeLessThanOrEqual(FOLDED_MAX);
    expect(judgeText(text, "message")).toEqual({ state: "visible" });
  }
});
