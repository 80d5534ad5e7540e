import { setTimeout as wait } from "node:timers/promises";
import { FirehoseClient, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { boundedCalls } from "@pendo/core/ports/awsFailure";
import { documentsOf, type LogDocument } from "./documents.ts";

/**
 * Brings lines of logs from CloudWatch to Firehose, one record each. Firehose cannot take them from CloudWatch by itself on their way to OpenSearch:
 * it gets several lines in one record, and OpenSearch wants one document in one (Firehose's guide, "Writing with CloudWatch Logs").
 *
 * - env PENDO_LOG_STREAM: the delivery stream · IAM: `firehose:PutRecordBatch` on it
 * - no links; no VPC; timeout 60 s, memory 512 MB; its own log group must not be subscribed, or it would ship its own lines forever
 */
export const handler = async (event: LogsEvent): Promise<Shipped> => {
  const stream = process.env["PENDO_LOG_STREAM"];
  if (!stream) throw new Error("PENDO_LOG_STREAM does not say where logs go.");
  return await ship(documentsOf(event.awslogs.data), { firehose: new FirehoseClient({ ...boundedCalls }), stream });
};

export interface LogsEvent {
  readonly awslogs: { readonly data: string };
}

export interface Shipped {
  readonly documents: number;
  /** How many had to be sent more than once. */
  readonly resent: number;
}

export interface ShipPorts {
  readonly firehose: FirehoseClient;
  readonly stream: string;
  /** How long to wait before what was refused is sent again: 250 ms, doubled each time, unless told. */
  readonly pauseMs?: number;
}

// What PutRecordBatch takes at once.
const RECORDS_MAX = 500;
const BYTES_MAX = 4 * 2 ** 20;
const RECORD_BYTES_MAX = 1_000 * 1024;
const ATTEMPTS_MAX = 5;

/** Sends documents; those that Firehose refuses for now are sent again. Throws where some stay refused, for the caller to come again. */
export async function ship(documents: readonly LogDocument[], { firehose, stream, pauseMs = 250 }: ShipPorts): Promise<Shipped> {
  let resent = 0;
  for (const batch of batchesOf(documents.map(recordOf))) {
    let waiting = batch;
    for (let attempt = 1; waiting.length > 0; attempt += 1) {
      if (attempt > ATTEMPTS_MAX) throw new Error(`Firehose refused ${waiting.length} of ${batch.length} log lines ${ATTEMPTS_MAX} times.`);
      if (attempt > 1) {
        resent += waiting.length;
        await wait(pauseMs * 2 ** (attempt - 2));
      }
      const { FailedPutCount = 0, RequestResponses = [] } = await firehose.send(
        new PutRecordBatchCommand({ DeliveryStreamName: stream, Records: waiting.map((Data) => ({ Data })) }),
      );
      waiting = FailedPutCount > 0 ? waiting.filter((_, i) => RequestResponses[i]?.ErrorCode !== undefined) : [];
    }
  }
  return { documents: documents.length, resent };
}

/** A line that is larger than a record may be keeps what it is known by, and loses the rest. */
function recordOf(document: LogDocument): Buffer {
  const data = Buffer.from(`${JSON.stringify(document)}\n`);
  if (data.length <= RECORD_BYTES_MAX) return data;
  const { "@timestamp": at, eventId, group } = document;
  return Buffer.from(`${JSON.stringify({ "@timestamp": at, eventId, group, level: "warn", kind: "tooLarge", bytes: data.length })}\n`);
}

function batchesOf(records: readonly Buffer[]): Buffer[][] {
  const batches: Buffer[][] = [];
  let bytes = 0;
  for (const record of records) {
    const last = batches.at(-1);
    if (last && last.length < RECORDS_MAX && bytes + record.length <= BYTES_MAX) {
      last.push(record);
      bytes += record.length;
    } else {
      batches.push([record]);
      bytes = record.length;
    }
  }
  return batches;
}
