import type { ClientMessageId, ConversationId, UserId } from "@pendo/contract/ids";
import * as blocks from "@pendo/core/blocks/blocks";
import { Fault } from "@pendo/core/fault";
import * as messages from "@pendo/core/messages/messages";
import type { Db } from "@pendo/core/ports/db/db";
import type { TestPorts } from "@pendo/local/testPorts";
import { addPeople } from "@pendo/core/swipes/people.fixture";
import * as swipes from "@pendo/core/swipes/swipes";
import type { Random } from "@pendo/engine/random";

/** So many people of all kinds, within 30 km of each other. */
export function addTown(ports: TestPorts, count: number, random: Random): Promise<UserId[]> {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  return addPeople(
    ports.db,
    Array.from({ length: count }, () => ({
      gender: one(["woman", "man", "nonbinary"]),
      wants: one([["woman"], ["man"], ["woman", "man", "nonbinary"]]),
      birthDate: `${1965 + Math.floor(random() * 40)}-0${1 + Math.floor(random() * 9)}-15`,
      ageMin: 18 + Math.floor(random() * 15),
      ageMax: 40 + Math.floor(random() * 50),
      intent: one(["relationship", "casual", null]),
      intents: one([[], [], ["relationship", "casual"]]),
      interests: one([["jazz", "chess"], ["running"], ["cooking", "film"], []]),
      radiusKm: 10 + Math.floor(random() * 40),
      lat: 52.4 + random() * 0.3,
      lon: 13.2 + random() * 0.4,
      discoverable: random() < 0.9,
    })),
  );
}

/** Somebody says something in one of the conversations, if there is any. */
export function talking({ ids, ...ports }: TestPorts, random: Random): Change {
  return async () => {
    const [member] = await ports.db<{ conversationId: ConversationId; senderId: UserId }[]>`
      select c.id as conversation_id, m.user_id as sender_id from members m join conversations c on c.id = m.conversation_id and c.ended_at is null
      order by md5(c.id::text || m.user_id::text || ${String(random())}) limit 1`;
    const clientMessageId = ids.next<ClientMessageId>();
    if (member) await messages.send({ ...ports, ids }, { ...member, clientMessageId, kind: "text", text: "hello" });
  };
}

/** How many messages were answered, each direction between two once. */
export async function answeredCount(db: Db): Promise<number> {
  const [{ count }] = await db<[{ count: number }]>`
    select count(distinct (w.user_id, w.other_id))::int as count from conversations c
      join messages m on m.conversation_id = c.id and m.seq = c.answered_seq
      join members w on w.conversation_id = c.id and w.user_id = m.sender_id`;
  return count;
}

export type Change = (who: UserId, other: UserId) => Promise<unknown>;

/** What people do, each in a transaction with its fact, as the product does it. */
export function changesOf(ports: TestPorts, random: Random): Change[] {
  const { db, bus } = ports;
  const like: Change = (swiperId, targetId) => swipes.record(ports, { swiperId, targetId, action: random() < 0.5 ? "like" : "pass" });
  return [
    ...Array.from({ length: 6 }, () => like),
    talking(ports, random),
    (swiperId) => swipes.rewind(ports, { swiperId }),
    (blockerId, userId) => blocks.create(ports, { blockerId, userId }),
    (blockerId, userId) => blocks.remove(ports, { blockerId, userId }),
    (userId) =>
      db.begin(async (tx) => {
        await tx`update preferences set age_max = ${40 + Math.floor(random() * 50)}, radius_km = ${10 + Math.floor(random() * 60)} where user_id = ${userId}`;
        await bus.emit(tx, "preferences.updated", { userId });
      }),
    (userId) =>
      db.begin(async (tx) => {
        await tx`update profiles set lat = ${52.4 + random() * 0.3}, lon = ${13.2 + random() * 0.4} where user_id = ${userId}`;
        await bus.emit(tx, "location.changed", { userId });
      }),
    (userId) =>
      db.begin(async (tx) => {
        await tx`update profiles set discoverable = not discoverable where user_id = ${userId}`;
        await bus.emit(tx, "profile.hidden", { userId });
      }),
  ];
}

/** Does so many of these things, a few at a time; what the rules refuse is refused. */
export async function live(
  people: readonly UserId[],
  changes: readonly Change[],
  count: number,
  random: Random,
  actors = 6,
): Promise<void> {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  let left = count;
  const actor = async (): Promise<void> => {
    while (left-- > 0) {
      const [who, other] = [one(people), one(people)];
      if (who === other) continue;
      await one(changes)(who, other).catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: actors }, actor));
}
