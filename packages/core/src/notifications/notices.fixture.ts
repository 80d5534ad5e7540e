import type { Envelope, EventName } from "@pendo/contract/events";
import type { ClientMessageId, DeviceId, SessionId, UserId } from "@pendo/contract/ids";
import type { Couple } from "../conversations/couple.fixture.ts";
import { replacePushToken } from "../devices/devices.ts";
import { send } from "../messages/messages.ts";
import type { Push, PushNote } from "../ports/push/push.ts";
import type { TestPorts } from "@pendo/local/testPorts";
import { session } from "../realtime/socket.fixture.ts";
import * as notices from "./notices.ts";

/** Devices that keep what they get. What `answer` returns or throws is what the provider says of a note. */
export interface Phones extends Push {
  readonly notes: PushNote[];
  answer: (note: PushNote) => "sent" | "gone" | Promise<"sent" | "gone">;
}

export function phones(): Phones {
  const own: Phones = {
    notes: [],
    answer: () => "sent",
    send: async (note) => {
      const answer = await own.answer(note);
      if (answer === "sent") own.notes.push(note);
      return answer;
    },
  };
  return own;
}

/** Gives a user one phone, bound in a session of its own or in this one; answers its token. */
export async function addPhone(ports: TestPorts, userId: UserId, name = "phone", inSession?: SessionId): Promise<string> {
  const token = `token-${name}-${userId}`;
  const sessionId = inSession ?? (await session(ports, userId));
  await replacePushToken(ports, { userId, sessionId, deviceId: `${name}-0001` as DeviceId, platform: "ios", token });
  return token;
}

/** The first of a couple writes to the second; answers the fact of it. */
export async function write(ports: TestPorts, { a, conversationId }: Couple, text = "Hello there"): Promise<Envelope<"message.created">> {
  const { id } = await send(ports, { conversationId, senderId: a, clientMessageId: ports.ids.next<ClientMessageId>(), kind: "text", text });
  const [row] = await ports.db<{ envelope: Envelope<"message.created"> }[]>`
    select envelope from outbox where type = 'message.created' and envelope -> 'data' ->> 'messageId' = ${id}`;
  if (!row) throw new Error("The message has no fact.");
  return row.envelope;
}

/** The newest fact of a type. */
export async function newest<E extends EventName>(ports: TestPorts, type: E): Promise<Envelope<E>> {
  const fact = (await ports.facts(type)).at(-1);
  if (!fact) throw new Error(`There is no ${type}.`);
  return fact as Envelope<E>;
}

export function messaged(ports: TestPorts, fact: Envelope<"message.created">): Promise<void> {
  return notices.messaged(ports, { factId: fact.id, ...fact.data });
}
