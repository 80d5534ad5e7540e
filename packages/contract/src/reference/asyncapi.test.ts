import { expect, test } from "vitest";
import * as z from "zod";
import { type FaultCode, faults } from "../faults.ts";
import { openApi } from "../openapi.ts";
import { type FrameInName, type FrameOutName, framesIn, framesOut } from "../sockets.ts";
import { asyncApi } from "./asyncapi.ts";
import { type FrameDoc, frameDocs } from "./frames.ts";

const document = asyncApi();
const { messages } = document.components;
const inNames = Object.keys(framesIn) as FrameInName[];
const outNames = Object.keys(framesOut) as FrameOutName[];
const docs: [string, FrameDoc, z.ZodObject][] = [
  ...inNames.map((name): [string, FrameDoc, z.ZodObject] => [name, frameDocs.in[name], framesIn[name].data]),
  ...outNames.map((name): [string, FrameDoc, z.ZodObject] => [name, frameDocs.out[name], framesOut[name]]),
];

type Payload = { readonly type: string; readonly data: Readonly<Record<string, unknown>>; readonly cursor?: string };
const exampleOf = (name: string): Payload => messages[name]?.examples[0]?.payload as Payload;
// Zod reads the schema back, so a mistake that zod makes both ways would stay unseen.
const schemaOf = (name: string): z.ZodType => z.fromJSONSchema(messages[name]?.payload ?? false, { defaultTarget: "draft-7" });
const accepts = (name: string, payload: unknown): boolean => schemaOf(name).safeParse(payload).success;
const nameIn = ({ $ref }: { $ref: string }): string => $ref.replace("#/channels/socket/messages/", "");
const operationsOf = (action: "receive" | "send") => Object.values(document.operations).filter((operation) => operation.action === action);
interface FramePayload {
  readonly properties: {
    readonly data: { readonly properties: Readonly<Record<string, { readonly description?: string; readonly enum?: unknown }>> };
  };
}
const fieldsOf = (name: string) => (messages[name] as unknown as { payload: FramePayload }).payload.properties.data.properties;

test("every frame is one message, and every message a frame", () => {
  const frames = [...inNames, ...outNames];

  expect(new Set(frames).size).toBe(frames.length);
  expect(Object.keys(messages).toSorted()).toEqual(frames.toSorted());
  expect(Object.keys(document.channels.socket.messages).toSorted()).toEqual(frames.toSorted());
  expect(Object.entries(messages).filter(([key, { name }]) => key !== name)).toEqual([]);
});

test("the document has the title and the version of the OpenAPI document, and is derived once", () => {
  expect(document.info).toMatchObject({ title: openApi().info.title, version: openApi().info.version });
  expect(asyncApi()).toBe(document);
});

test("every reference leads to a part of the document", () => {
  const found: unknown[] = [];
  JSON.stringify(document, (key, value: unknown) => {
    if (key === "$ref") found.push(partAt(String(value)));
    return value;
  });

  expect(found.length).toBeGreaterThan(60);
  expect(found).not.toContain(undefined);
  expect(partAt("#/channels/other")).toBeUndefined();
});

test("the server receives what clients send, sends the others, and replies with a pong, ready or ack, or an error", () => {
  const received = operationsOf("receive");
  const replies = Object.fromEntries(received.map(({ messages: [frame], reply }) => [frame && nameIn(frame), reply?.messages.map(nameIn)]));
  const sent = operationsOf("send").flatMap((operation) => operation.messages.map(nameIn));

  expect(received.flatMap((operation) => operation.messages.map(nameIn))).toEqual(inNames);
  expect(replies).toMatchObject({ ping: ["pong", "error"], sync: ["ready", "error"] });
  const others = inNames.filter((name) => name !== "ping" && name !== "sync");
  for (const name of others) expect(replies[name]).toEqual(["ack", "error"]);
  expect([...sent, "pong", "ready", "ack"].toSorted()).toEqual(outNames.toSorted());
});

test("every example is what its frame's schema accepts, with its ids unchanged", () => {
  for (const [name, { example }, schema] of docs) {
    expect(schema.strict().parse(example)).toMatchObject(example as object);
    expect(exampleOf(name)).toMatchObject({ type: name, data: example });
  }
});

test("all examples have the same two users, conversation and message", () => {
  const valuesOf = (pattern: RegExp) => new Set(docs.flatMap(([name]) => collect(exampleOf(name).data, pattern)));

  expect(valuesOf(/^(userIds?|senderId)$/).size).toBe(2);
  for (const field of ["conversationId", "messageId", "clientMessageId", "matchId"])
    expect(valuesOf(new RegExp(`^${field}$`)).size).toBe(1);
});

test("a payload accepts the example of its own frame, and of no other", () => {
  for (const [name] of docs)
    expect([name, docs.map(([other]) => other).filter((other) => accepts(name, exampleOf(other)))]).toEqual([name, [name]]);
  expect(accepts("typing", { ...exampleOf("typing"), type: "typing.set" })).toBe(false);
});

test("data may be left out where it has no required field, and an unknown field of it is refused", () => {
  const withoutData = inNames.filter((name) => accepts(name, { type: name }));

  expect(withoutData).toEqual(inNames.filter((name) => framesIn[name].data.safeParse({}).success));
  expect(withoutData).toContain("ping");
  expect(accepts("ping", { type: "ping", ref: null, traceparent: "00-x", data: {} })).toBe(true);
  expect(accepts("ping", { type: "ping", data: { me: "x" } })).toBe(false);
  expect(accepts("ping", { type: "ping", ref: "x".repeat(65) })).toBe(false);
});

test("a frame about a change in the log needs its cursor, and the others have none", () => {
  for (const name of outNames) {
    const { cursor = "c", ...frame } = exampleOf(name);
    const { hasCursor } = frameDocs.out[name];
    expect([name, accepts(name, frame), accepts(name, { ...frame, cursor })]).toEqual([name, !hasCursor, hasCursor]);
  }
  expect(frameDocs.out["message.created"].hasCursor && !frameDocs.out.pong.hasCursor).toBe(true);
});

test("every field of every frame has a description, and none is described that does not exist", () => {
  for (const [name, { fields }, schema] of docs) {
    expect([name, Object.keys(fields).toSorted()]).toEqual([name, Object.keys(schema.shape).toSorted()]);
    for (const [field, { description }] of Object.entries(fieldsOf(name))) expect([field, description]).toEqual([field, fields[field]]);
    for (const text of Object.values(fields)) expect(text).toMatch(/^[A-Z`].*[.]$/);
  }
});

test("summaries of frames that clients send are imperatives, and all others are sentences", () => {
  for (const name of inNames) expect(frameDocs.in[name].summary).toMatch(/^(Get|Keep|Mark|Send|Show|Stop|Watch) .*[^.]$/);
  for (const name of outNames) expect(frameDocs.out[name].summary).toMatch(/^[A-Z].*[.]$/);
  const summaries = docs.map(([, { summary }]) => summary);
  expect(new Set(summaries).size).toBe(summaries.length);
  for (const [, { description = "Whole." }] of docs) expect(description).toMatch(/^[A-Z`].*[.]$/);
});

test("every fault of a frame is named in its message, and no fault of others", () => {
  const own = new Set<FaultCode>(inNames.flatMap((name) => framesIn[name].fails));
  expect(own.size).toBeGreaterThan(5);

  for (const name of inNames) {
    const named = codesIn(messages[name]?.description);
    expect([name, named.filter((code) => own.has(code)).toSorted()]).toEqual([name, framesIn[name].fails.toSorted()]);
    expect(named).toEqual(expect.arrayContaining(["input.invalid", "auth.required", "rate.limited", "server.failed", "server.busy"]));
  }
});

test("the code of an error is one that sockets return, and the message lists each of them", () => {
  const codes = fieldsOf("error")["code"]?.enum as FaultCode[];

  expect(codes.toSorted()).toEqual(codesIn(messages["error"]?.description).toSorted());
  expect(codes).toEqual(
    expect.arrayContaining([...inNames.flatMap((name) => framesIn[name].fails), "input.notJson", "input.notText", "store.full"]),
  );
  expect(accepts("error", { type: "error", data: { ref: null, code: "swipe.self", detail: "x" } })).toBe(false);
  // The ticket is refused before the socket opens.
  expect(codes).not.toContain("ticket.invalid");
});

test("the ticket is in the query of the handshake, and every variable of a server is described", () => {
  const { bindings, address } = document.channels.socket;

  expect(bindings.ws).toMatchObject({ method: "GET", query: { required: ["ticket"] } });
  expect(document.components.securitySchemes["ticket"]).toMatchObject({ type: "httpApiKey", in: "query", name: "ticket" });
  expect(address).toBeNull();
  expect(Object.values(document.servers).map(({ protocol }) => protocol)).toEqual(["wss", "ws"]);
  for (const { host, variables } of Object.values(document.servers))
    expect([...host.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(Object.keys(variables));
});

/** The codes in a list of a description. */
function codesIn(description = ""): FaultCode[] {
  return [...description.matchAll(/^- `([\w.]+)`: /gm)].map(([, code = ""]) => {
    expect(faults).toHaveProperty([code]);
    return code as FaultCode;
  });
}

function partAt($ref: string): unknown {
  const steps = $ref.replace("#/", "").split("/");
  return steps.reduce<unknown>((part, step) => (part as Readonly<Record<string, unknown>> | undefined)?.[step], document);
}

/** The values of the fields with such a name; of a list, its items. */
function collect(data: Readonly<Record<string, unknown>>, pattern: RegExp): unknown[] {
  return Object.entries(data).flatMap(([field, value]) => (pattern.test(field) ? [value].flat() : []));
}
