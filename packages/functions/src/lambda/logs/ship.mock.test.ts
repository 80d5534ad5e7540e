import { gzipSync } from "node:zlib";
import { FirehoseClient, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, test } from "vitest";
import { documentsOf, type LogDocument } from "./documents.ts";
import { handler, ship } from "./ship.ts";

const firehose = mockClient(FirehoseClient);
beforeEach(() => void firehose.reset());

const packed = (messages: readonly (string | object)[], messageType = "DATA_MESSAGE"): string =>
  gzipSync(
    JSON.stringify({
      messageType,
      owner: "123456789012",
      logGroup: "/aws/lambda/pendo-staging-SwipesApi",
      logStream: "2026/05/01/[7]abc",
      subscriptionFilters: ["Logs"],
      logEvents: messages.map((message, i) => ({
        id: `e${i}`,
        timestamp: Date.parse("2026-05-01T12:00:00Z") + i,
        message: typeof message === "string" ? message : JSON.stringify(message),
      })),
    }),
  ).toString("base64");

const sent = (): unknown[] =>
  firehose
    .commandCalls(PutRecordBatchCommand)
    .flatMap(({ args }) => args[0].input.Records ?? [])
    .map(({ Data }) => JSON.parse(Buffer.from(Data ?? []).toString("utf8")) as unknown);
const documents = (count: number, text = "x"): LogDocument[] =>
  Array.from({ length: count }, (_, i) => ({ "@timestamp": "2026-05-01T12:00:00.000Z", eventId: `e${i}`, group: "g", text }));
const ports = { firehose: firehose as unknown as FirehoseClient, stream: "logs", pauseMs: 1 };

test("each line becomes one document with its time, whether it is JSON or not", () => {
  expect(
    documentsOf(packed([{ level: "info", kind: "http", route: "swipes.record", status: 200 }, "RequestId: 1 Error: exited\n"])),
  ).toEqual([
    {
      ...{ level: "info", kind: "http", route: "swipes.record", status: 200 },
      ...{ "@timestamp": "2026-05-01T12:00:00.000Z", eventId: "e0", group: "/aws/lambda/pendo-staging-SwipesApi" },
    },
    {
      text: "RequestId: 1 Error: exited",
      ...{ "@timestamp": "2026-05-01T12:00:00.001Z", eventId: "e1", group: "/aws/lambda/pendo-staging-SwipesApi" },
    },
  ]);
});

test("metrics are left out, as is whence and with what somebody asked, and CloudWatch's trial of the subscription", () => {
  const lines = [{ _aws: { Timestamp: 1 }, requests: 1 }, { status: 200, ip: "192.0.2.1", userAgent: "canary", path: "/v1/me" }, "[1]", ""];
  const shipped = documentsOf(packed(lines));
  expect(shipped).toHaveLength(3);
  expect(shipped[0]).toMatchObject({ status: 200, path: "/v1/me" });
  expect(JSON.stringify(shipped)).not.toMatch(/192\.0\.2\.1|canary|requests/);
  expect(documentsOf(packed(["CWL CONTROL MESSAGE: Checking health"], "CONTROL_MESSAGE"))).toEqual([]);
});

test("the handler sends what it is given to the stream that it is told, and says so where it is told none", async () => {
  firehose.on(PutRecordBatchCommand).resolves({ FailedPutCount: 0 });
  process.env["PENDO_LOG_STREAM"] = "logs";
  expect(await handler({ awslogs: { data: packed([{ a: 1 }, { a: 2 }]) } })).toEqual({ documents: 2, resent: 0 });
  expect(sent()).toMatchObject([{ a: 1 }, { a: 2 }]);
  delete process.env["PENDO_LOG_STREAM"];
  await expect(handler({ awslogs: { data: packed([{ a: 1 }]) } })).rejects.toThrow("PENDO_LOG_STREAM");
});

test("Firehose never gets more than 500 records or 4 MiB at once, nor a record above its limit, and every line once", async () => {
  firehose.on(PutRecordBatchCommand).resolves({ FailedPutCount: 0 });
  await ship([...documents(1201), ...documents(20, "y".repeat(900_000)), ...documents(1, "z".repeat(1_100_000))], ports);
  const calls = firehose.commandCalls(PutRecordBatchCommand).map(({ args }) => args[0].input.Records ?? []);
  expect(calls.every((records) => records.length <= 500)).toBe(true);
  expect(Math.max(...calls.map((records) => records.reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0)))).toBeLessThanOrEqual(
    4 * 2 ** 20,
  );
  expect(Math.max(...calls.flat().map(({ Data }) => Data?.length ?? 0))).toBeLessThanOrEqual(1_000 * 1024);
  expect(sent()).toHaveLength(1222);
  expect(sent().at(-1)).toMatchObject({ kind: "tooLarge", eventId: "e0" });
});

test("only what Firehose refused is sent again, and what stays refused is thrown", async () => {
  firehose
    .on(PutRecordBatchCommand)
    .resolvesOnce({
      FailedPutCount: 1,
      RequestResponses: [{ RecordId: "1" }, { ErrorCode: "ServiceUnavailableException" }, { RecordId: "3" }],
    })
    .resolves({ FailedPutCount: 0 });
  expect(await ship(documents(3), ports)).toEqual({ documents: 3, resent: 1 });
  expect(sent()).toMatchObject([{ eventId: "e0" }, { eventId: "e1" }, { eventId: "e2" }, { eventId: "e1" }]);

  firehose.on(PutRecordBatchCommand).resolves({ FailedPutCount: 1, RequestResponses: [{ ErrorCode: "ServiceUnavailableException" }] });
  await expect(ship(documents(1), ports)).rejects.toThrow("Firehose refused 1 of 1 log lines 5 times.");
});
