import type { DistanceBand, Intent, ProfileCard } from "@pendo/contract/profile";
import { topicOfInterest, type Topic } from "../score/topics.ts";

/** Of the other person only what the card shows to everybody. What they ask for, whom they liked, where they are: none of it can get in here. */
export type VisibleCard = Pick<ProfileCard, "age" | "intent" | "interests" | "distance">;

/** Of the viewer, the own answers and preferences. */
export interface Viewer {
  readonly intent: Intent | null;
  readonly interests: readonly string[];
  readonly wants: { readonly ageMin: number; readonly ageMax: number; readonly intents: readonly Intent[] };
}

/** Why a card was shown, the strongest first. */
export type Reason =
  | { readonly kind: "sharedInterests"; readonly interests: readonly string[] }
  | { readonly kind: "sharedTopic"; readonly topic: Topic; readonly yours: string; readonly theirs: string }
  | { readonly kind: "sameIntent"; readonly intent: Intent }
  | { readonly kind: "wantedIntent"; readonly intent: Intent }
  | { readonly kind: "near"; readonly distance: DistanceBand }
  | { readonly kind: "wantedAge"; readonly age: number }
  | { readonly kind: "fitsBoth" };

const INTERESTS_MAX = 3;
const near: ReadonlySet<DistanceBand> = new Set(["under5km", "5to10km"]);

/**
 * Why somebody was shown, from what takes part in the choice and what the viewer may see: the public card and the viewer's own preferences. That the viewer is
 * what the other asks for is true of everybody who is shown, and is said as no more than that: `fitsBoth`, always the last. Interests that take no part in
 * the ranking (a faith, an origin, words that it does not know) are no reason.
 */
export function reasons(viewer: Viewer, { age, intent, interests, distance }: VisibleCard): Reason[] {
  const found: Reason[] = [];
  const mine = new Map(viewer.interests.map((interest) => [plain(interest), interest]));
  const shared = interests.filter((interest) => mine.has(plain(interest)) && topicOfInterest(interest) !== null);
  if (shared.length > 0) found.push({ kind: "sharedInterests", interests: [...new Set(shared)].slice(0, INTERESTS_MAX) });
  const alike = shared.length > 0 ? null : sharedTopic(viewer.interests, interests);
  if (alike) found.push(alike);
  if (intent !== null && intent === viewer.intent) found.push({ kind: "sameIntent", intent });
  else if (intent !== null && viewer.wants.intents.includes(intent)) found.push({ kind: "wantedIntent", intent });
  if (distance !== null && near.has(distance)) found.push({ kind: "near", distance });
  if (age >= viewer.wants.ageMin && age <= viewer.wants.ageMax) found.push({ kind: "wantedAge", age });
  found.push({ kind: "fitsBoth" });
  return found;
}

function sharedTopic(mine: readonly string[], theirs: readonly string[]): Reason | null {
  for (const yours of mine) {
    const topic = topicOfInterest(yours);
    const other = topic === null ? undefined : theirs.find((interest) => topicOfInterest(interest) === topic);
    if (topic !== null && other !== undefined) return { kind: "sharedTopic", topic, yours, theirs: other };
  }
  return null;
}

function plain(interest: string): string {
  return interest.normalize("NFC").trim().toLowerCase();
}

const intentWords: Readonly<Record<Intent, string>> = {
  relationship: "a relationship",
  casual: "something casual",
  friendship: "friendship",
  unsure: "whatever comes of it",
};

/** The reason as a sentence, in English. */
export function sentence(reason: Reason): string {
  switch (reason.kind) {
    case "sharedInterests":
      return `You share ${listed(reason.interests)}.`;
    case "sharedTopic":
      return `You like ${reason.yours}, and they like ${reason.theirs}.`;
    case "sameIntent":
      return `You are both looking for ${intentWords[reason.intent]}.`;
    case "wantedIntent":
      return `They are looking for ${intentWords[reason.intent]}, which you are open to.`;
    case "near":
      return reason.distance === "under5km" ? "They are less than 5 km away." : "They are less than 10 km away.";
    case "wantedAge":
      return `They are ${reason.age}, within the ages you chose.`;
    case "fitsBoth":
      return "You fit what each of you asked for.";
  }
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${last}` : last;
}
