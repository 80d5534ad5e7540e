import type { FaultCode } from "../faults.ts";
import { type LimitName, limits } from "../limits.ts";
import { createTicket } from "../routes/realtime.ts";
import { FRAME_BYTES_MAX, type FrameInName, type FrameOutName, framesIn, framesOut, SOCKET_IDLE_SEC, SOCKET_LIFE_SEC } from "../sockets.ts";
import { table } from "./markdown.ts";
import { exampleCursor, exampleRef, faultsOfEveryFrame, type FrameDoc, frameDocs } from "./frames.ts";

const HOST = "127.0.0.1:4000";
const TICKET = "YW4gZXhhbXBsZSBvZiBhIHRpY2tldCwgMzIgYnl0ZXM";

const inNames = Object.keys(framesIn) as FrameInName[];
const outNames = Object.keys(framesOut) as FrameOutName[];

/** The guide to sockets, in Markdown: how a socket opens, all frames, and what a client does after a reconnect. */
export function framesMarkdown(): string {
  return [open, bounds(), framesToSend(), framesToReceive(), errors, reconnect].join("\n\n");
}

const open = `## Sockets (WebSocket)

A socket brings changes at once, such as messages, matches and read marks. Frames are hints: a client that misses one gets the same data by
\`GET /v1/sync\`. [/asyncapi.json](/asyncapi.json) describes each frame as an AsyncAPI document with JSON Schemas.

### Open a socket

Get a ticket. ${createTicket.description}

\`\`\`sh
curl -X POST http://${HOST}/v1/realtime/tickets -H "authorization: Bearer $ACCESS_TOKEN"
\`\`\`

\`\`\`json
${json({ ticket: TICKET, url: `ws://${HOST}/socket?ticket=${TICKET}`, expiresAt: "2026-03-01T12:00:30.000Z" })}
\`\`\`

Open \`url\` as it is. The ticket is in it, so the socket needs no header and no subprotocol.
A page of another site needs its origin among those that the host allows, or the handshake fails with 403. Send \`sync\` as the first frame:

\`\`\`js
const socket = new WebSocket(url);
socket.onopen = () => socket.send(JSON.stringify({ type: "sync" }));
socket.onmessage = ({ data }) => console.log(JSON.parse(data));
\`\`\`

The reply is \`ready\`. Frames may come before it, too. What changed before is in \`GET /v1/sync\`: call it now, with the cursor of your last sync.
Pendo refuses a bad ticket before the socket opens: get another ticket.`;

function bounds(): string {
  const rows = [
    [
      "size of a frame",
      `${FRAME_BYTES_MAX / 1024} KB, as text in UTF-8: \`\\u\` escapes need three times the room. A larger or binary frame closes the socket.`,
    ],
    ["time without frames", `${SOCKET_IDLE_SEC / 60} minutes. Send \`ping\` every few minutes.`],
    ["life of a socket", `${SOCKET_LIFE_SEC / 3600} hours. Then open another one.`],
    ["open sockets of a user", "10. Another one closes the oldest."],
    ...[...new Set(inNames.map((name) => framesIn[name].limit))].map((limit) => [rateOf(limit), frequencyOf(limit)]),
  ];
  return `### Limits of a socket

${table(["limit", "value"], rows)}

Frames count together with the requests of the same rate limit.`;
}

function rateOf(limit: LimitName): string {
  const names = inNames.filter((name) => framesIn[name].limit === limit);
  return `${names.map((name) => `\`${name}\``).join(", ")} (\`${limit}\`)`;
}

function frequencyOf(limit: LimitName): string {
  const { max, windowSec } = limits[limit];
  return `${max} in ${windowSec} s per user.`;
}

function framesToSend(): string {
  const rows = inNames.map((name) => [
    ...cellsOf(name, frameDocs.in[name]),
    `\`${frameDocs.in[name].reply}\``,
    codes(framesIn[name].fails),
  ]);
  return `### Frames that you send

A frame has its \`type\` and \`data\`. Leave out \`data\` where it has no fields.

- \`ref\` is a text of your choice, of at most 64 characters. An \`ack\` or an \`error\` repeats it; \`pong\` and \`ready\` do not.
- \`traceparent\` may name the trace of your client (W3C Trace Context).

\`\`\`json
${json({ type: "message.send", ref: exampleRef, data: frameDocs.in["message.send"].example })}
\`\`\`

Each frame gets one reply: the one in the table, or \`error\`. Wait for it before you send a frame that depends on it.

${table(["frame", "meaning", "fields of `data`", "reply", "own errors"], rows)}`;
}

function framesToReceive(): string {
  const rows = outNames.map((name) => [...cellsOf(name, frameDocs.out[name]), frameDocs.out[name].hasCursor ? "yes" : "no"]);
  return `### Frames that you receive

\`\`\`json
${json({ type: "message.created", data: frameDocs.out["message.created"].example, cursor: exampleCursor })}
\`\`\`

After a \`nudge\`, or a frame with a \`cursor\` beside \`data\`, call \`GET /v1/sync\` with the cursor of your last sync. Never keep the cursor of a
frame instead: it also covers changes that you may not have. Ignore frames and fields that you don't know.

${table(["frame", "meaning", "fields of `data`", "cursor"], rows)}`;
}

const errors = `### Errors on a socket

\`\`\`json
${json({ type: "error", data: frameDocs.out.error.example })}
\`\`\`

[/docs/errors](/docs/errors) describes each code. Besides its own errors, every frame may get ${codes(faultsOfEveryFrame)}. A text that is no
frame gets \`input.notJson\` or \`input.notText\`.`;

const reconnect = `### After a reconnect

Every socket ends at some time: with its life, with the phone's network, or with a new release of Pendo. Its close code does not matter.

1. Get another ticket and open its \`url\`. After a failure wait 100 ms, then twice as long each time, up to 10 s. Vary each wait at random.
2. Stop if the ticket fails with \`account.suspended\`, or with 401 after you refreshed the tokens. The user signs in again.
3. Send \`sync\`, and wait for \`ready\`.
4. Call \`GET /v1/sync\` with the cursor of your last sync, until \`hasMore\` is false. Now you have all that you missed.
5. Send \`presence.subscribe\` again. It returns who is online now.
6. Send each message without an \`ack\` again, with the same \`clientMessageId\`: it counts once.`;

function cellsOf(name: string, { summary, description, fields }: FrameDoc): string[] {
  const meaning = [summary.endsWith(".") ? summary : `${summary}.`, description].filter((part) => part !== undefined).join(" ");
  const all = Object.entries(fields).map(([field, text]) => `\`${field}\`: ${text}`);
  return [`\`${name}\``, meaning, all.join(" ") || "none"];
}

function codes(list: readonly FaultCode[]): string {
  return list.map((code) => `\`${code}\``).join(", ") || "none";
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
