/** Why something was refused, by name. Whatever is refused changes nothing. */
export const engineFaults = [
  "id.malformed",
  "user.unknown",
  "place.invalid",
  "person.invalid",
  "traits.invalid",
  "deck.invalid",
  "event.future",
  "event.stale",
  "event.invalid",
  "snapshot.truncated",
  "snapshot.notOurs",
  "snapshot.otherVersion",
  "snapshot.corrupt",
  "memory.full",
] as const;
export type EngineFaultCode = (typeof engineFaults)[number];

/** Thrown before anything was changed. The message names the field, and never a value. */
export class EngineFault extends Error {
  readonly code: EngineFaultCode;

  constructor(code: EngineFaultCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = "EngineFault";
    this.code = code;
  }
}
