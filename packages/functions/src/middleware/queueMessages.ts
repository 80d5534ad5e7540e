import { type Envelope, events } from "@pendo/contract/events";
import { EventId, UserId } from "@pendo/contract/ids";
import { readXrayHeader } from "@pendo/core/ports/bus/xray";
import type { SQSRecord } from "aws-lambda";
import * as z from "zod";
import type { Runtime } from "./runtime.ts";
import { joinTrace, type Trace } from "./trace.ts";

/** A message of a queue, read. */
export interface Message {
  readonly messageId: string;
  readonly trace: Trace;
  /** The event in it. Throws where the message holds none that this code knows. */
  readonly fact: () => Envelope;
}

const EnvelopeShape = z.object({
  id: EventId,
  type: z.string(),
  version: z.literal(1),
  occurredAt: z.iso.datetime(),
  actor: UserId.nullable(),
  traceparent: z.string().nullable(),
  data: z.unknown(),
});
const Traced = z.object({ traceparent: z.string() });

/** Reads a record of SQS. Its trace is that of the event; else the one that SQS handed on; else `batch`, the trace of the invocation. */
export function messageOf(record: SQSRecord, batch: Trace, runtime: Runtime): Message {
  const body = read(record.body);
  const traceparent = Traced.safeParse(body.value).data?.traceparent ?? fromXray(record.attributes?.AWSTraceHeader);
  return {
    messageId: record.messageId,
    trace: traceparent ? joinTrace(runtime, traceparent) : batch,
    fact: () => {
      if ("problem" in body) throw body.problem;
      return factOf(body.value);
    },
  };
}

function read(text: string): { value?: unknown; problem?: unknown } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (problem) {
    return { problem };
  }
}

function fromXray(header: string | undefined): string | null {
  const amazon = readXrayHeader(header);
  return amazon && `00-${amazon.id}-${amazon.id.slice(16)}-${amazon.isSampled ? "01" : "00"}`;
}

function factOf(body: unknown): Envelope {
  const envelope = EnvelopeShape.parse(body);
  if (!Object.hasOwn(events, envelope.type)) throw new Error(`There is no event ${envelope.type}.`);
  const data = events[envelope.type as keyof typeof events].data.parse(envelope.data);
  return { ...envelope, data } as Envelope;
}
