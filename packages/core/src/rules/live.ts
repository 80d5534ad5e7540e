import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { live, liveLocked, type Member, type Membership } from "./live.sql.ts";

/**
 * Answers who the other is, where this user may read and write.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 */
export async function requireLive(sql: Queryable, member: Member): Promise<UserId> {
  return otherOf(await live(sql, member));
}

/**
 * The same, and holds the conversation until the transaction ends. Whatever changes a conversation takes this lock first, then its members, then
 * the heads of both users in the order of their ids: so no two transactions wait for each other.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 */
export async function lockLive(tx: Tx, member: Member): Promise<UserId> {
  return otherOf(await liveLocked(tx, member));
}

function otherOf(place: Membership | undefined): UserId {
  if (!place) throw new Fault("conversation.notFound");
  if (place.ended) throw new Fault("conversation.ended");
  return place.otherId;
}
