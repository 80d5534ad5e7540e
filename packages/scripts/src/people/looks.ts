import type { Gender } from "@pendo/contract/profile";
import { type Dice, dice } from "./dice.ts";
import type { Culture } from "./names.ts";

/** Who is drawn. The same face in another scene is the same person on another day. */
export interface Sitter {
  readonly face: number;
  readonly gender: Gender;
  readonly age: number;
  readonly culture?: Culture;
}

/** What stays the same from picture to picture. */
export interface Looks {
  readonly skin: string;
  readonly shade: string;
  readonly blush: string;
  readonly hair: string;
  readonly style: HairStyle;
  readonly feminine: boolean;
  readonly age: number;
  readonly eyes: string;
  readonly beard: "none" | "stubble" | "moustache" | "full";
  readonly glasses: "none" | "round" | "square";
  readonly freckles: boolean;
  readonly earrings: boolean;
  /** Half of the head's width and height, in pixels. */
  readonly rx: number;
  readonly ry: number;
  readonly nose: number;
  readonly brow: number;
}

export const styles = [
  "bald",
  "crop",
  "sidePart",
  "curls",
  "afro",
  "bob",
  "long",
  "bun",
  "waves",
  "quiff",
  "scarf",
  "beanie",
  "braids",
] as const;
export type HairStyle = (typeof styles)[number];

// Base and shade. None is drawn with so much of it that a picture would be mostly skin.
const skins = [
  ["#f6d5c0", "#e5b79d"],
  ["#efc3a4", "#dba582"],
  ["#e2ac85", "#c98e67"],
  ["#cf9468", "#b4784d"],
  ["#b57a4f", "#99623b"],
  ["#925c38", "#784828"],
  ["#714428", "#5a341d"],
  ["#54321f", "#402415"],
] as const;
const skinRange: Readonly<Record<Culture, readonly [number, number]>> = {
  portuguese: [0, 4],
  german: [0, 2],
  english: [0, 3],
  spanish: [1, 5],
  french: [0, 4],
  italian: [0, 3],
  slavic: [0, 1],
  turkish: [1, 3],
  nordic: [0, 1],
  greek: [1, 3],
  arabic: [2, 5],
  african: [5, 7],
  indian: [3, 6],
  chinese: [0, 2],
  japanese: [0, 2],
  korean: [0, 1],
};
const lightHair = ["#2b2320", "#4a3022", "#6b4226", "#8d5a2b", "#b9803f", "#d9ab5f", "#a8482c", "#c4552e"];
const darkHair = ["#191414", "#221a18", "#2e211c", "#3b2a20"];
const dyedHair = ["#d3486f", "#3f7fb8", "#5d4a9c", "#2f8f83"];
const greyHair = ["#9b9a98", "#c9c7c3", "#e4e2de", "#77757a"];

/** How a person is drawn. The same `face` and gender give the same features, and a higher age more often grey hair. */
export function looksOf({ face, gender, age, culture }: Sitter): Looks {
  const thrown = dice("face", face, gender);
  const [from, to] = culture ? skinRange[culture] : [0, skins.length - 1];
  const tone = thrown.int(from, to);
  const [skin, shade] = skins[tone] ?? skins[0];
  const feminine = gender === "woman" || (gender === "nonbinary" && thrown.chance(0.5));
  const grey = thrown.chance(Math.min(0.95, Math.max(0, (age - 42) / 25)));
  const natural = tone <= 1 ? lightHair : darkHair;
  const dyed = thrown.chance(gender === "nonbinary" ? 0.5 : 0.06);
  return {
    skin,
    shade,
    feminine,
    age,
    blush: tone < 4 ? "#e8705e" : "#a03c2c",
    hair: thrown.pick(dyed ? dyedHair : grey ? greyHair : natural),
    style: styleOf(thrown, feminine, age, culture),
    eyes: thrown.pick(tone <= 1 ? ["#3d5a73", "#4d6b4f", "#4a3326", "#2c2320"] : ["#2c1d17", "#3a251a"]),
    beard: feminine
      ? "none"
      : thrown.weighted([
          ["none", 5],
          ["stubble", 3],
          ["moustache", 1],
          ["full", 3],
        ]),
    glasses: thrown.weighted([
      ["none", age > 45 ? 4 : 7],
      ["round", 2],
      ["square", 2],
    ]),
    freckles: tone <= 1 && thrown.chance(0.25),
    earrings: thrown.chance(feminine ? 0.55 : 0.06),
    rx: thrown.int(94, 110),
    ry: thrown.int(120, 138),
    nose: thrown.int(0, 2),
    brow: thrown.int(-6, 6),
  };
}

function styleOf(thrown: Dice, feminine: boolean, age: number, culture: Culture | undefined): HairStyle {
  const curly = culture === "african" ? 8 : 1;
  if (feminine) {
    const scarf = culture === "arabic" || culture === "turkish" ? 4 : 0.3;
    return thrown.weighted([
      ["long", 5],
      ["waves", 5],
      ["bob", 4],
      ["bun", 3],
      ["curls", 3],
      ["afro", curly],
      ["braids", 1 + curly / 2],
      ["crop", 1.5],
      ["scarf", scarf],
      ["beanie", 0.6],
    ]);
  }
  return thrown.weighted([
    ["crop", 5],
    ["sidePart", 4],
    ["quiff", 3],
    ["curls", 3],
    ["afro", curly / 2],
    ["bald", age > 40 ? 5 : 1],
    ["waves", 1],
    ["bun", 0.7],
    ["beanie", 1.2],
  ]);
}
