import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { lockPreferences, preferencesOf, writePreferences, type Preferences } from "./preferences.sql.ts";

export type PreferencesInput = { readonly [Field in keyof Preferences]?: Preferences[Field] | undefined };

/** What holds for whoever has not chosen: the defaults of the table. */
export const defaultPreferences: Preferences = {
  genders: ["woman", "man", "nonbinary"],
  ageMin: 18,
  ageMax: 99,
  radiusKm: 50,
  intents: [],
};

/** Whom somebody wants to meet. */
export async function get({ db }: Uses<"db">, { userId }: { readonly userId: UserId }): Promise<Preferences> {
  return (await preferencesOf(db, userId)) ?? defaultPreferences;
}

/**
 * Changes whom somebody wants to meet; what is left out stays as it is.
 * @throws {Fault} `input.invalid`: the lowest age would be above the highest
 */
export async function update(
  { db, bus, clock }: Uses<"db" | "bus">,
  { userId, ...input }: PreferencesInput & { readonly userId: UserId },
): Promise<Preferences> {
  const at = clock.now();
  return db.begin(async (tx) => {
    const was = await lockPreferences(tx, userId, at);
    const wanted: Preferences = {
      genders: unique(input.genders ?? was.genders),
      ageMin: input.ageMin ?? was.ageMin,
      ageMax: input.ageMax ?? was.ageMax,
      radiusKm: input.radiusKm ?? was.radiusKm,
      intents: unique(input.intents ?? was.intents),
    };
    if (wanted.ageMin > wanted.ageMax) throw new Fault("input.invalid", { fields: { "/ageMin": "is above ageMax" } });
    if (JSON.stringify(wanted) === JSON.stringify(was)) return was;
    await writePreferences(tx, userId, wanted, at);
    await bus.emit(tx, "preferences.updated", { userId }, { actor: userId });
    return wanted;
  });
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
