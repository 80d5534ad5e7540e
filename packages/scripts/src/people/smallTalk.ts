import type { Dice } from "./dice.ts";

export interface Speaker {
  readonly name: string;
  readonly interests: readonly string[];
  readonly prompts: readonly { readonly answer: string }[];
}

const hellos = [
  "Hi {name}!",
  "Hello {name},",
  "Hey!",
  "Good evening {name}.",
  "So.",
  "{name}! Finally somebody who writes whole sentences.",
];
const aboutLiking = [
  "You had me at {liking}. How did that begin?",
  "Is it true what they say about people and {liking}?",
  "I have a serious question about {liking}: are you any good?",
  "I tried {liking} once. Once.",
  "Somebody else who likes {liking}! There are two of us.",
];
const aboutNothing = [
  "What did you have for breakfast, and was it worth getting up?",
  "I never know how to begin these, so: soup or salad?",
  "Tell me one true thing and one almost true thing.",
  "I liked your second picture. Where was that?",
  "You look like somebody who has a good bakery to recommend.",
];
const replies = [
  "Ha! I was hoping you would ask.",
  "Honestly? A long story with a short ending.",
  "That is the nicest question I had all week.",
  "You first.",
  "I will tell you over coffee.",
  "Let me think about that on the tram.",
  "Only on Sundays.",
  "More than I would admit to strangers. Are we still strangers?",
  "My sister says yes, my knees say no.",
  "It started with a bet, and I lost.",
  "I would say so, but ask me again after nine.",
  "Soup. Always soup.",
  "You are funny. Are you always like this?",
  "Wait, really? Me too!",
  "That was near the harbour, it rained right after.",
  "I laughed so loud that a pigeon left.",
];
const questions = [
  "And you?",
  "What are you up to this weekend?",
  "Which part of town are you in?",
  "Do you cook, or do you know people who cook?",
  "What is your excuse for being this nice?",
  "Morning person or do I have to wait for the afternoon?",
  "When did you last dance?",
  "What should I read next?",
];
const plans = [
  "There is a small place by the river that does good dumplings. Thursday?",
  "How about a walk on Saturday? I know a bench.",
  "I have two tickets and nobody yet. Are you nobody yet?",
  "Coffee first, the rest can be negotiated.",
  "Let us be early and get the good table.",
];
const ends = [
  "Thursday it is.",
  "I will wear the green scarf.",
  "Deal!",
  "I look forward to it more than I let on.",
  "See you there. I am the one who is ten minutes early.",
  "Good night, {name}.",
  "🌿",
  "😄",
];

export const emojis = ["❤️", "😂", "👍", "🔥", "😮", "🎉", "🙌", "🥰"] as const;

/** What somebody says as the n-th message of a conversation that may become so long, to somebody else. */
export function lineOf(dice: Dice, { n, length, to }: { n: number; length: number; to: Speaker }): string {
  const filled = (text: string) => text.replaceAll("{name}", to.name).replaceAll("{liking}", dice.pick([...to.interests, "long walks"]));
  if (n === 0)
    return filled(
      `${dice.chance(0.7) ? `${dice.pick(hellos)} ` : ""}${dice.chance(0.65) ? dice.pick(aboutLiking) : dice.pick(aboutNothing)}`,
    );
  const left = length - n;
  if (left === 2 && length > 4) return filled(dice.pick(plans));
  if (left <= 1 && length > 4) return filled(dice.pick(ends));
  return filled(
    dice.chance(0.55) ? `${dice.pick(replies)} ${dice.pick(questions)}` : dice.chance(0.75) ? dice.pick(replies) : dice.pick(aboutLiking),
  );
}
