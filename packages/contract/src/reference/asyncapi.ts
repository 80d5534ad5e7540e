import * as z from "zod";
import { type FaultCode, faults } from "../faults.ts";
import { limits } from "../limits.ts";
import { createTicket } from "../routes/realtime.ts";
import { FRAME_BYTES_MAX, type FrameInName, type FrameOutName, framesIn, framesOut, SOCKET_IDLE_SEC, SOCKET_LIFE_SEC } from "../sockets.ts";
import { apiInfo } from "./info.ts";
import { exampleCursor, exampleRef, faultsOfFrame, faultsOfSockets, type FrameDoc, frameDocs } from "./frames.ts";

type Schema = Readonly<Record<string, unknown>>;

interface Reference {
  readonly $ref: string;
}

interface Message {
  readonly name: FrameInName | FrameOutName;
  readonly contentType: "application/json";
  readonly summary: string;
  readonly description?: string;
  readonly correlationId?: { readonly description: string; readonly location: string };
  readonly payload: Schema;
  readonly examples: readonly { readonly payload: Schema }[];
}

interface Operation {
  readonly action: "receive" | "send";
  readonly channel: Reference;
  readonly summary: string;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
}

interface Server {
  readonly host: string;
  readonly pathname?: string;
  readonly protocol: "ws" | "wss";
  readonly description: string;
  readonly variables: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
  readonly security: readonly Reference[];
}

export interface AsyncApi {
  readonly asyncapi: "3.0.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly defaultContentType: "application/json";
  readonly servers: Readonly<Record<string, Server>>;
  readonly channels: {
    readonly socket: {
      readonly address: null;
      readonly title: string;
      readonly description: string;
      readonly messages: Readonly<Record<string, Reference>>;
      readonly bindings: { readonly ws: Schema };
    };
  };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>;
    readonly securitySchemes: Readonly<Record<string, Schema>>;
  };
}

let document: AsyncApi | undefined;

/** The contract of the socket as an AsyncAPI 3.0 document, derived once. */
export function asyncApi(): AsyncApi {
  return (document ??= describe());
}

const inNames = Object.keys(framesIn) as FrameInName[];
const outNames = Object.keys(framesOut) as FrameOutName[];
const channel: Reference = { $ref: "#/channels/socket" };

function describe(): AsyncApi {
  const messages = [...inNames.map(messageIn), ...outNames.map(messageOut)];
  return {
    asyncapi: "3.0.0",
    info: { ...apiInfo, description: infoText },
    defaultContentType: "application/json",
    servers,
    channels: {
      socket: {
        address: null,
        title: "Socket",
        description: channelText,
        messages: Object.fromEntries(messages.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: { ws: { method: "GET", query: ticketQuery, bindingVersion: "0.1.0" } },
      },
    },
    operations: { ...Object.fromEntries(inNames.map((name) => [name, receive(name)])), ...sends() },
    components: {
      messages: Object.fromEntries(messages.map((message) => [message.name, message])),
      securitySchemes: { ticket: { type: "httpApiKey", name: "ticket", in: "query", description: ticketText } },
    },
  };
}

const infoText = [
  "The WebSocket of Pendo, as its server sees it.",
  "The server receives the frames of the operations with the action `receive`: your client sends them.",
  "The server sends the frames of the operations with the action `send`: your client receives them.",
  "A frame is one text in JSON. Frames are hints: a client that misses one catches up by `GET /v1/sync`.",
  "Times are RFC 3339 in UTC. Ids are UUIDv7 in lower case; your frames may use upper case.",
].join(" ");

const channelText = [
  "Get a ticket by `POST /v1/realtime/tickets`, and open the `url` of its response.",
  "Send `sync` as the first frame.",
  `A frame has at most ${FRAME_BYTES_MAX / 1024} KB.`,
  `Pendo closes an idle socket after ${SOCKET_IDLE_SEC / 60} minutes, and every socket after ${SOCKET_LIFE_SEC / 3600} hours.`,
].join(" ");

const ticketText = `The ticket of \`POST /v1/realtime/tickets\`. ${createTicket.description}`;

const ticketQuery: Schema = {
  type: "object",
  required: ["ticket"],
  properties: { ticket: { type: "string", description: ticketText } },
};

const security = [{ $ref: "#/components/securitySchemes/ticket" }];

const servers: AsyncApi["servers"] = {
  deployment: {
    host: "{host}",
    protocol: "wss",
    description: "A deployment. Use the `url` that comes with a ticket: it has the host, the path and the ticket.",
    variables: { host: { default: "ws.pendo.example", description: "The host in the `url` that comes with a ticket." } },
    security,
  },
  oneMachine: {
    host: "{host}",
    pathname: "/socket",
    protocol: "ws",
    description: "Pendo on one machine: `ws://127.0.0.1:4000/socket?ticket=…`.",
    variables: { host: { default: "127.0.0.1:4000", description: "The address and the port on which Pendo listens." } },
    security,
  },
};

function receive(name: FrameInName): Operation {
  const { summary, reply } = frameDocs.in[name];
  return {
    action: "receive",
    channel,
    summary,
    messages: [inChannel(name)],
    reply: { channel, messages: [reply, "error"].map(inChannel) },
  };
}

/** Frames that come without a request. An `error` does so after a text that is no frame. */
function sends(): Record<string, Operation> {
  const replies = new Set<FrameOutName>(inNames.map((name) => frameDocs.in[name].reply));
  const names = outNames.filter((name) => !replies.has(name));
  return Object.fromEntries(
    names.map((name) => [name, { action: "send", channel, summary: frameDocs.out[name].summary, messages: [inChannel(name)] }]),
  );
}

function inChannel(name: string): Reference {
  return { $ref: `${channel.$ref}/messages/${name}` };
}

function messageIn(name: FrameInName): Message {
  const doc: FrameDoc = frameDocs.in[name];
  const data = dataSchema(framesIn[name].data, "input", doc.fields);
  return {
    name,
    contentType: "application/json",
    summary: doc.summary,
    description: [doc.description, useOf(name), `Codes of its \`error\`:\n\n${listOf(faultsOfFrame(name))}`]
      .filter((part) => part !== undefined)
      .join("\n\n"),
    correlationId: { description: "An `ack` or an `error` has the same `ref`.", location: "$message.payload#/ref" },
    payload: {
      type: "object",
      required: ["type", ...(data["required"] === undefined ? [] : ["data"])],
      properties: { type: { type: "string", const: name }, ref: refSchema, traceparent: traceparentSchema, data },
    },
    examples: [{ payload: { type: name, ref: exampleRef, data: doc.example } }],
  };
}

function messageOut(name: FrameOutName): Message {
  const doc: FrameDoc = frameDocs.out[name];
  const { hasCursor } = frameDocs.out[name];
  const data = dataSchema(framesOut[name], "output", doc.fields);
  const isError = name === "error";
  const description = [doc.description, isError ? `Codes:\n\n${listOf(faultsOfSockets())}` : undefined].filter(
    (part) => part !== undefined,
  );
  return {
    name,
    contentType: "application/json",
    summary: doc.summary,
    ...(description.length > 0 && { description: description.join("\n\n") }),
    ...("ref" in framesOut[name].shape && {
      correlationId: { description: "The `ref` of the frame that it replies to.", location: "$message.payload#/data/ref" },
    }),
    payload: {
      type: "object",
      required: ["type", "data", ...(hasCursor ? ["cursor"] : [])],
      properties: {
        type: { type: "string", const: name },
        data: isError ? withCodes(data) : data,
        ...(hasCursor && { cursor: cursorSchema }),
      },
      additionalProperties: false,
    },
    examples: [{ payload: { type: name, data: doc.example, ...(hasCursor && { cursor: exampleCursor }) } }],
  };
}

const refSchema: Schema = {
  type: ["string", "null"],
  maxLength: 64,
  description: "A text of your choice. An `ack` or an `error` repeats it, so that you know which frame it is about.",
};

const traceparentSchema: Schema = {
  type: "string",
  description: "The trace that the frame belongs to (W3C Trace Context). Pendo ignores an invalid one.",
};

const cursorSchema: Schema = { type: "string", description: frameDocs.out.nudge.fields.cursor };

function useOf(name: FrameInName): string {
  const { limit } = framesIn[name];
  const { max, windowSec } = limits[limit];
  return (
    `The reply is \`${frameDocs.in[name].reply}\` or \`error\`. ` +
    `At most ${max} in ${windowSec} s per user, shared with the operations of the limit \`${limit}\`.`
  );
}

function listOf(codes: readonly FaultCode[]): string {
  return codes.map((code) => `- \`${code}\`: ${faults[code].text}`).join("\n");
}

/** The schema of a frame's data in the dialect of AsyncAPI, draft-07, with a description of each field. */
function dataSchema(data: z.ZodObject, io: "input" | "output", fields: FrameDoc["fields"]): Schema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(data, {
    io,
    target: "draft-7",
    unrepresentable: "any",
    override: withoutSafeBounds,
  });
  const properties = Object.entries(schema.properties ?? {}).map(([name, field]) => [
    name,
    { ...(field as Schema), description: fields[name] },
  ]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Leaves out the bounds of whole numbers in JavaScript, which say nothing about the field. */
const withoutSafeBounds: NonNullable<z.core.JSONSchemaGeneratorParams["override"]> = ({ jsonSchema }) => {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};

function withCodes(data: Schema): Schema {
  const properties = data["properties"] as Readonly<Record<string, Schema>>;
  return { ...data, properties: { ...properties, code: { ...properties["code"], enum: faultsOfSockets() } } };
}
