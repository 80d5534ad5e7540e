import { gunzipSync } from "node:zlib";
import * as z from "zod";

/** What CloudWatch Logs hands to a subscriber, packed and zipped: several events of one stream. */
const Batch = z.object({
  messageType: z.string(),
  logGroup: z.string().default(""),
  logEvents: z.array(z.object({ id: z.string(), timestamp: z.number(), message: z.string() })).default([]),
});

/** One line of a log, as OpenSearch keeps it. */
export type LogDocument = Readonly<Record<string, unknown>> & {
  readonly "@timestamp": string;
  readonly eventId: string;
  readonly group: string;
};

// Who asked is known by their id alone: where from and with what stays in the gateway's own log, which few may read and which is deleted first.
const WITHHELD: ReadonlySet<string> = new Set(["ip", "userAgent", "sourceIp"]);
const TEXT_MAX = 8000;

/** Unpacks a batch. Lines that are metrics are left out: CloudWatch has counted them already, and they are most of a log. */
export function documentsOf(packed: string): LogDocument[] {
  const batch = Batch.parse(JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8")));
  // CloudWatch tries out a new subscription by a message without a line.
  if (batch.messageType !== "DATA_MESSAGE") return [];
  return batch.logEvents.flatMap(({ id, timestamp, message }) => {
    const line = lineOf(message);
    if ("_aws" in line) return [];
    const kept = Object.fromEntries(Object.entries(line).filter(([name]) => !WITHHELD.has(name)));
    return [{ ...kept, "@timestamp": new Date(timestamp).toISOString(), eventId: id, group: batch.logGroup }];
  });
}

function lineOf(message: string): Readonly<Record<string, unknown>> {
  try {
    const line: unknown = JSON.parse(message);
    if (typeof line === "object" && line !== null && !Array.isArray(line)) return line as Record<string, unknown>;
  } catch {
    // Not every line is a document: the runtime writes some of its own.
  }
  return { text: message.trimEnd().slice(0, TEXT_MAX) };
}
