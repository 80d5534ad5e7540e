import type * as nouns from "./routes/index.ts";

export type Noun = keyof typeof nouns;

export interface FunctionSize {
  readonly timeoutSec: number;
  readonly memoryMb: number;
  /** Somebody waits for it all day long: instances are kept warm where a stage pays for them. */
  readonly warm: boolean;
}

// A function starts on a share of a processor that grows with its memory; 1,769 MB are one whole.
const usual: FunctionSize = { timeoutSec: 10, memoryMb: 1024, warm: false };

const unusual: Partial<Record<Noun, Partial<FunctionSize>>> = {
  discovery: { warm: true },
  messages: { warm: true },
  swipes: { warm: true },
  sync: { warm: true },
  // Whole accounts and queues are looked through.
  admin: { timeoutSec: 25 },
};

/** What the function of a noun's routes gets. API Gateway itself gives up after 30 s. */
export function sizeOfNoun(noun: Noun): FunctionSize {
  return { ...usual, ...unusual[noun] };
}

/** The socket's function: opening, closing and every frame. */
export const sizeOfSocket: FunctionSize = { timeoutSec: 10, memoryMb: 1024, warm: true };
