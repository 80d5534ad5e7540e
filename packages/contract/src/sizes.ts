import type * as nouns from "./routes/index.ts";

export type Noun = keyof typeof nouns;

export interface FunctionSize {
  readonly timeoutSec: number;
  readonly memoryMb: number;
  /** Users wait for it all day: a stage that pays for warm instances keeps some. */
  readonly warm: boolean;
}

// The share of a processor grows with the memory: 1,769 MB give one whole processor.
const usual: FunctionSize = { timeoutSec: 10, memoryMb: 1024, warm: false };

const unusual: Partial<Record<Noun, Partial<FunctionSize>>> = {
  discovery: { warm: true },
  messages: { warm: true },
  swipes: { warm: true },
  sync: { warm: true },
  // Its routes read whole accounts and queues.
  admin: { timeoutSec: 25 },
};

/** The size of a noun's function. API Gateway ends a request after 30 s. */
export function sizeOfNoun(noun: Noun): FunctionSize {
  return { ...usual, ...unusual[noun] };
}

/** The size of the socket's function, which handles open, close and every frame. */
export const sizeOfSocket: FunctionSize = { timeoutSec: 10, memoryMb: 1024, warm: true };
