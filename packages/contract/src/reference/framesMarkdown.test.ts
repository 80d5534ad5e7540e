import { expect, test } from "vitest";
import { createTicket } from "../routes/realtime.ts";
import { FRAME_BYTES_MAX, type FrameInName, framesIn, type FrameOutName, framesOut, SOCKET_IDLE_SEC, SOCKET_LIFE_SEC } from "../sockets.ts";
import { frameDocs } from "./frames.ts";
import { framesMarkdown } from "./framesMarkdown.ts";

const markdown = framesMarkdown();
const inNames = Object.keys(framesIn) as FrameInName[];
const outNames = Object.keys(framesOut) as FrameOutName[];

interface Frame {
  readonly type: string;
  readonly data: unknown;
}

const blocks = [...markdown.matchAll(/^```json\n([^]*?)\n```$/gm)].map(([, text = ""]) => JSON.parse(text) as unknown);
const frames = blocks.filter((block): block is Frame => typeof block === "object" && block !== null && "type" in block);
const sectionOf = (title: string): string => markdown.split(/^### /m).find((section) => section.startsWith(`${title}\n`)) ?? "";
/** The cells of a section's table, without its head. */
const rowsOf = (title: string): string[][] =>
  [...sectionOf(title).matchAll(/^\| (.*) \|$/gm)].map(([, row = ""]) => row.split(" | ")).slice(2);
const columnsOf = (rows: readonly string[][]): number[] => [...new Set(rows.map((cells) => cells.length))];

test("the guide has one heading of its own, and a section for each step", () => {
  const headings = markdown.replaceAll(/^```[^]*?^```$/gm, "").match(/^#+ .*$/gm);

  expect(headings).toEqual([
    "## Sockets (WebSocket)",
    "### Open a socket",
    "### Limits of a socket",
    "### Frames that you send",
    "### Frames that you receive",
    "### Errors on a socket",
    "### After a reconnect",
  ]);
});

test("every frame has one row in the table of its direction, with all its fields", () => {
  const [sent, received] = [rowsOf("Frames that you send"), rowsOf("Frames that you receive")];

  expect(sent.map(([name]) => name)).toEqual(inNames.map((name) => `\`${name}\``));
  expect(received.map(([name]) => name)).toEqual(outNames.map((name) => `\`${name}\``));
  expect([columnsOf(sent), columnsOf(received)]).toEqual([[5], [4]]);
  const fieldsIn = ([, , fields = ""]: readonly string[]): string[] => [...fields.matchAll(/`(\w+)`: /g)].map(([, field = ""]) => field);
  expect(sent.map(fieldsIn)).toEqual(inNames.map((name) => Object.keys(framesIn[name].data.shape)));
  expect(received.map(fieldsIn)).toEqual(outNames.map((name) => Object.keys(framesOut[name].shape)));
});

test("the table of the frames that you send names the reply and every fault of the contract", () => {
  for (const [at, [, , , reply, faults]] of rowsOf("Frames that you send").entries()) {
    const name = inNames[at] as FrameInName;
    expect(reply).toBe(`\`${frameDocs.in[name].reply}\``);
    expect(faults).toBe(framesIn[name].fails.map((code) => `\`${code}\``).join(", ") || "none");
  }
});

test("each direction has an example, which its schema accepts", () => {
  const [sent, ...received] = frames;

  expect(frames.map(({ type }) => type)).toEqual(["message.send", "message.created", "error"]);
  expect(framesIn["message.send"].data.safeParse(sent?.data).success).toBe(true);
  for (const { type, data } of received) expect(framesOut[type as FrameOutName].strict().safeParse(data).success).toBe(true);
});

test("a ticket is what its route returns, and its address holds it", () => {
  const ticket = createTicket.output.strict().parse(blocks[0]);

  expect(new URL(ticket.url).searchParams.get("ticket")).toBe(ticket.ticket);
  expect(sectionOf("Open a socket")).toContain(createTicket.at.replace("POST ", "curl -X POST http://127.0.0.1:4000"));
});

test("the limits are those of the contract, and every frame has its rate limit", () => {
  const limits = rowsOf("Limits of a socket");
  const valueOf = (name: string): string | undefined => limits.find(([limit]) => limit === name)?.[1];

  expect(valueOf("size of a frame")).toContain(`${FRAME_BYTES_MAX / 1024} KB`);
  expect(valueOf("time without frames")).toContain(`${SOCKET_IDLE_SEC / 60} minutes`);
  expect(valueOf("life of a socket")).toContain(`${SOCKET_LIFE_SEC / 3600} hours`);
  for (const name of inNames)
    expect(limits.filter(([limit = ""]) => limit.includes(`\`${name}\``) && limit.endsWith(`(\`${framesIn[name].limit}\`)`))).toHaveLength(
      1,
    );
});

test("a client that reconnects gets a ticket, syncs and subscribes again", () => {
  const section = sectionOf("After a reconnect");
  const order = ["ticket", "`sync`", "`GET /v1/sync`", "`presence.subscribe`", "`clientMessageId`"].map((word) => section.indexOf(word));

  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order).not.toContain(-1);
});
