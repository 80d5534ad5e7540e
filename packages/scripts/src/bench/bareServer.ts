import { createServer, type IncomingMessage } from "node:http";
import type { SwipeAction } from "@pendo/contract/events";
import type { ClientMessageId, ConversationId, UserId } from "@pendo/contract/ids";
import { listRecommendations } from "@pendo/core/discovery/recommend";
import * as messages from "@pendo/core/messages/messages";
import { outboxWriter } from "@pendo/core/ports/bus/outbox";
import { memoryCache } from "@pendo/core/ports/cache/memory";
import { systemClock as clock } from "@pendo/core/ports/clock/clock";
import { connect } from "@pendo/core/ports/db/connect";
import { randomIds as ids } from "@pendo/core/ports/ids/ids";
import type { Judge } from "@pendo/core/ports/judge/judge";
import { localSecrets } from "@pendo/local/secrets/localSecrets";
import { diskStorage } from "@pendo/local/storage/disk";
import * as swipes from "@pendo/core/swipes/swipes";
import { sync } from "@pendo/core/sync/sync";

// What the product is measured against: a bare `node:http` server that runs the same SQL, facts in the outbox included, and nothing else. It believes
// the user id in the header, validates, judges and limits nothing, relays nothing.
const [url = "", dataDir = ""] = process.argv.slice(2);
const db = connect(url, { max: 12, name: "bare" });
const secrets = await localSecrets(dataDir, { publicUrl: "http://127.0.0.1", socketUrl: "ws://127.0.0.1" });
const bus = outboxWriter({ clock, ids }) as Parameters<typeof listRecommendations>[0]["bus"];
const storage = diskStorage({ root: `${dataDir}/files`, baseUrl: "http://127.0.0.1/_files", secret: secrets.key("upload"), clock });
const judge: Judge = { verdicts: async (texts) => texts.map(() => ({ state: "visible" })) };
const ports = { db, bus, judge, clock, ids, secrets, storage, cache: memoryCache({ clock }) };

const server = createServer((request, response) => {
  serve(request).then(
    (answer) => {
      const body = JSON.stringify(answer);
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
    },
    () => response.writeHead(500, { "content-length": 0 }).end(),
  );
});

async function serve(request: IncomingMessage): Promise<unknown> {
  const me = (request.headers.authorization ?? "").slice("Bearer ".length) as UserId;
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const [, , noun, id, , messageId] = path.split("/");
  const body = request.method === "GET" ? {} : (JSON.parse(await textOf(request)) as { action?: SwipeAction; text?: string });
  if (noun === "swipes") return await swipes.record(ports, { swiperId: me, targetId: id as UserId, action: body.action ?? "pass" });
  if (noun === "conversations") {
    const wanted = {
      conversationId: id as ConversationId,
      senderId: me,
      clientMessageId: messageId as ClientMessageId,
      kind: "text" as const,
    };
    return await messages.send(ports, { ...wanted, text: body.text });
  }
  if (noun === "discovery") return await listRecommendations(ports, { userId: me, limit: 10 });
  return await sync(ports, { userId: me, cursor: new URLSearchParams(query).get("cursor") ?? undefined, limit: 100 });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" && address ? address.port : 0}\n`);
});
process.on("SIGTERM", () => server.close(() => void db.end({ timeout: 1 }).then(() => process.exit(0))));
