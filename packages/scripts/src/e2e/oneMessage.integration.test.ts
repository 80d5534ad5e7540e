import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { type Frame, live } from "@pendo/client/live";
import type { ClientMessageId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { plantCouples } from "./planted.ts";
import { jsonCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();

test("The same clientMessageId over WebSocket and HTTP twenty times at once is one message; another body is refused with 409", async () => {
  const { db, url } = here.host;
  const [couple] = await plantCouples(here.place, 1);
  if (!couple) throw new Error("Nobody was planted.");
  const { conversationId, ann, bob } = couple;
  const seen: Frame[] = [];
  const [annLive, bobLive] = [
    live({ client: ann.client, onFrame: () => {} }),
    live({ client: bob.client, onFrame: (frame) => void seen.push(frame) }),
  ];
  await Promise.all([annLive.ready(), bobLive.ready()]);

  const clientMessageId = testIds.next() as ClientMessageId;
  const path = `PUT /v1/conversations/${conversationId}/messages/${clientMessageId}`;
  const overHttp = (text: string) => jsonCall(url, path, { token: ann.token, body: { text } });
  const overSocket = (text: string) => annLive.send("message.send", { conversationId, clientMessageId, text });
  const placeOf = ({ id, messageId = id, seq }: { id?: unknown; messageId?: unknown; seq?: unknown }) => ({ id: messageId, seq });
  const sent = await Promise.all(
    Array.from({ length: 20 }, async (_, i) =>
      placeOf(i % 2 ? JSON.parse((await overHttp("Once")).text) : (await overSocket("Once")).data),
    ),
  );
  expect(sent[0]).toEqual({ id: expect.any(String), seq: 1 });
  expect(sent).toEqual(sent.map(() => sent[0]));

  const refused = await overHttp("Twice");
  expect([refused.status, (JSON.parse(refused.text) as { code: string }).code]).toEqual([409, "message.idReused"]);
  await expect(overSocket("Twice")).rejects.toMatchObject({ code: "message.idReused" });
  // Who sends another message next gets the next place: nothing was used up in between.
  expect((await ann.client.messages.send({ conversationId, messageId: testIds.next(), text: "Next" })).seq).toBe(2);

  await here.settled();
  expect((await db`select seq, text from messages order by seq`).map(({ seq, text }) => [seq, text])).toEqual([
    [1, "Once"],
    [2, "Next"],
  ]);
  const texts = (): unknown[] => seen.flatMap((frame) => (frame.type === "message.created" ? [frame.data.text] : []));
  await expect.poll(texts).toEqual(["Once", "Next"]);
  const [unread] = await db`select unread_count from members where user_id = ${bob.userId}`;
  expect(unread).toEqual({ unreadCount: 2 });
  annLive.close();
  bobLive.close();
  expect(here.log).toEqual([]);
});
