import { chordSquared, chordSquaredOf, pointOf } from "./sphere.ts";
import { ageOn } from "./age.ts";
import type { Person, SnappedPosition } from "../index/population.ts";

/** For so many days somebody who was passed on stays away. */
export const PASS_DAYS = 30;

/** What has been between the viewer and somebody else. */
export interface Tie {
  /** Either of them blocked the other. */
  readonly blocked: boolean;
  /** What the viewer answered: for good, or with a pass on this day. */
  readonly swiped: "liked" | { readonly passedOn: number } | null;
}

/** Where somebody looks and is shown: the place travelled to, or home. */
export function placeNow(person: Person): SnappedPosition {
  return person.travel ?? person.home;
}

/**
 * Whether the candidate may be shown to the viewer on this day: the specification, of which the index is the fast form. Everything must hold in both
 * directions but what concerns showing: a paused viewer looks around unseen, and only the viewer's own swipes matter.
 *
 * It is what the product's SQL says, with two differences that only ever hide somebody for longer or are too small to see: a pass ends with a UTC day
 * and not with the minute, 30 to 31 days later, and places are rounded to 3 mm.
 */
export function eligible(viewer: Person, candidate: Person, { today, tie }: { today: number; tie: Tie | null }): boolean {
  return (
    viewer.userId !== candidate.userId &&
    candidate.visibility === "visible" &&
    (tie === null || mayMeetAgain(tie, today)) &&
    accepts(viewer, candidate, today) &&
    accepts(candidate, viewer, today) &&
    withinBothRadii(viewer, candidate)
  );
}

/** Whether what was between the two lets the viewer see the other again. */
export function mayMeetAgain({ blocked, swiped }: Tie, today: number): boolean {
  if (blocked || swiped === "liked") return false;
  return swiped === null || today - swiped.passedOn > PASS_DAYS;
}

/** Whether one is what the other asks for: gender, age, intent, and no dealbreaker. */
function accepts({ wants }: Person, other: Person, today: number): boolean {
  const age = ageOn(today, other.birthDay);
  return (
    wants.genders.includes(other.gender) &&
    age >= wants.ageMin &&
    age <= wants.ageMax &&
    (wants.intents.length === 0 || (other.intent !== null && wants.intents.includes(other.intent))) &&
    (wants.dealbreakers & other.facts) === 0
  );
}

function withinBothRadii(viewer: Person, candidate: Person): boolean {
  const radiusKm = Math.min(viewer.wants.radiusKm, candidate.wants.radiusKm);
  return chordSquared(pointOf(placeNow(viewer)), pointOf(placeNow(candidate))) <= chordSquaredOf(radiusKm);
}
