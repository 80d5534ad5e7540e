import type { StoredObject } from "../ports/storage/storage.ts";
import { childDecoder, type Decoded } from "./childDecoder.ts";
import { inspect } from "./inspect.ts";
import { turns } from "./turns.ts";

// One process decodes two pictures at a time at most, whoever asks.
const lanes = turns({ quick: childDecoder(), any: childDecoder() });
const inspections = turns({ quick: "first", any: "second" });

/**
 * Makes of an upload the pictures that are shown, in a process of its own and within bounds of memory and processor time. Of one user one picture at a time.
 * The file is read once to see how much work it is, and again when its turn has come: waiting pictures hold no memory. What is decoded is what was read last.
 */
export async function readPicture(of: string, read: () => Promise<StoredObject | null>): Promise<Decoded> {
  const inspected = await inspections.take({ of, cost: 0 }, async () => {
    const found = await read();
    return found ? await inspect(found.body) : { unreadable: "missing" as const };
  });
  if ("unreadable" in inspected) return inspected;
  return await lanes.take({ of, cost: inspected.cost }, async (decoder) => {
    const found = await read();
    return found ? await decoder.decode(found.body) : { unreadable: "missing" };
  });
}
