import type { UserId } from "@pendo/contract/ids";
import { newcomerOf } from "@pendo/engine/learn/belief";
import { encodeLearned } from "@pendo/engine/learn/beliefCode";
import { coldStart } from "@pendo/engine/score/coldStart";
import type { Db } from "../ports/db/db.ts";

/** Makes people so well known that nobody stands out: what is drawn for the day moves none of them, and alike are equal. */
export async function makeWellKnown(db: Db, userIds: readonly UserId[]): Promise<void> {
  const prior = coldStart({ ageYears: 30, intent: null, interests: [] });
  const [anybody = "" as UserId] = userIds;
  const vector = new Float32Array(newcomerOf(anybody, prior, new Date()).is.length);
  const learned = encodeLearned({ ...newcomerOf(anybody, prior, new Date()), targetVariance: 0, likes: vector, is: vector });
  await db`
    insert into beliefs (user_id, learned) select id, decode(${Buffer.from(learned).toString("hex")}::text, 'hex')
    from unnest(${userIds as UserId[]}::uuid[]) as asked (id)`;
}
