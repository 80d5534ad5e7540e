/** A value that is replaced now and then, as it was, is and will be. */
export interface Generations<Value> {
  readonly previous: Value;
  readonly current: Value;
  readonly next: Value;
}

/**
 * Three generations of a secret that CloudFront and functions share. Both sides never change at the same moment: functions are shifted minutes after
 * the distribution, and may be shifted back. So whoever verifies knows the next one already, and the previous one still. Raising
 * PENDO_EDGE_GENERATION by one, never by more, makes a new one and forgets the oldest.
 */
export function generations<Value>(env: NodeJS.ProcessEnv, make: (generation: number) => Value): Generations<Value> {
  const text = env["PENDO_EDGE_GENERATION"] ?? "1";
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new Error(`PENDO_EDGE_GENERATION is "${text}"; it counts up from 1.`);
  const current = Number(text);
  return { previous: make(current - 1), current: make(current), next: make(current + 1) };
}
