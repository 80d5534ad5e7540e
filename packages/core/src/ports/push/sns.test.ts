import { CreatePlatformEndpointCommand, DeleteEndpointCommand, PublishCommand, SNSClient, SNSServiceException } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import type { Push, PushNote } from "./push.ts";
import { snsPush } from "./sns.ts";

const sns = mockClient(SNSClient);
const ios = "arn:aws:sns:eu-central-1:1:app/APNS/pendo";
const android = "arn:aws:sns:eu-central-1:1:app/GCM/pendo";
const note: PushNote = {
  platform: "ios",
  token: "t1",
  title: "Ada",
  body: "Hello",
  collapseKey: "conversation:1",
  badge: 3,
  threadId: "c1",
  data: { conversationId: "c1" },
};
let push: Push;

beforeEach(() => {
  sns.reset();
  sns.on(CreatePlatformEndpointCommand).resolves({ EndpointArn: "arn:endpoint/1" });
  sns.on(PublishCommand).resolves({ MessageId: "m1" });
  push = snsPush({
    applications: { ios, android },
    client: { region: "eu-central-1", credentials: { accessKeyId: "k", secretAccessKey: "s" } },
  });
});

function failure(name: string, message = name, status = 400): SNSServiceException {
  return new SNSServiceException({ name, $fault: status < 500 ? "client" : "server", $metadata: { httpStatusCode: status }, message });
}

function published(at = 0) {
  const input = sns.commandCalls(PublishCommand)[at]?.args[0].input;
  const message = JSON.parse(input?.Message ?? "{}") as Record<string, string>;
  const inner = (platform: string) => JSON.parse(message[platform] ?? "null") as unknown;
  return { input, inner };
}

test("a note to an iPhone alerts, carries its data, badge and thread, and replaces the one with its key", async () => {
  expect(await push.send(note)).toBe("sent");
  const { input, inner } = published();
  expect(input?.TargetArn).toBe("arn:endpoint/1");
  expect(inner("APNS")).toEqual({
    aps: { alert: { title: "Ada", body: "Hello" }, sound: "default", badge: 3, "thread-id": "c1" },
    conversationId: "c1",
    threadId: "c1",
  });
  const collapse = input?.MessageAttributes?.["AWS.SNS.MOBILE.APNS.COLLAPSE_ID"]?.StringValue ?? "";
  await push.send({ ...note, body: "Again" });
  await push.send({ ...note, collapseKey: "conversation:2" });
  expect(published(1).input?.MessageAttributes?.["AWS.SNS.MOBILE.APNS.COLLAPSE_ID"]?.StringValue).toBe(collapse);
  expect(published(2).input?.MessageAttributes?.["AWS.SNS.MOBILE.APNS.COLLAPSE_ID"]?.StringValue).not.toBe(collapse);
  expect(collapse.length).toBeLessThanOrEqual(64);
});

test("a note to an Android phone is an FCM v1 message with its badge and thread", async () => {
  await push.send({ ...note, platform: "android" });
  const {
    notification,
    data,
    android: options,
  } = (published().inner("GCM") as { fcmV1Message: { message: Record<string, unknown> } }).fcmV1Message.message;
  expect([notification, data]).toEqual([
    { title: "Ada", body: "Hello" },
    { conversationId: "c1", threadId: "c1", badge: "3" },
  ]);
  expect(options).toEqual({
    collapse_key: expect.any(String) as unknown,
    notification: { tag: expect.any(String) as unknown, notification_count: 3 },
  });
});

test("a token's endpoint is made once and then reused", async () => {
  await push.send(note);
  await push.send(note);
  await push.send({ ...note, token: "t2" });
  expect(sns.commandCalls(CreatePlatformEndpointCommand).map((call) => call.args[0].input.Token)).toEqual(["t1", "t2"]);
});

test("an endpoint that exists with other attributes is reused", async () => {
  const message =
    "Invalid parameter: Token Reason: Endpoint arn:aws:sns:eu:1:endpoint/APNS/p/9 already exists with the same Token, but different attributes.";
  sns.on(CreatePlatformEndpointCommand).rejects(failure("InvalidParameterException", message));
  expect(await push.send(note)).toBe("sent");
  expect(published().input?.TargetArn).toBe("arn:aws:sns:eu:1:endpoint/APNS/p/9");
});

test("a disabled endpoint means the app is gone: it is deleted, so that the token can come back", async () => {
  sns.on(PublishCommand).rejectsOnce(failure("EndpointDisabledException")).resolves({ MessageId: "m2" });
  expect(await push.send(note)).toBe("gone");
  expect(sns.commandCalls(DeleteEndpointCommand)[0]?.args[0].input).toEqual({ EndpointArn: "arn:endpoint/1" });
  expect(await push.send(note)).toBe("sent");
  expect(sns.commandCalls(CreatePlatformEndpointCommand)).toHaveLength(2);
});

test("an endpoint that was deleted meanwhile is made again", async () => {
  sns.on(PublishCommand).resolvesOnce({ MessageId: "m1" }).rejectsOnce(failure("NotFoundException")).resolves({ MessageId: "m2" });
  await push.send(note);
  expect(await push.send(note)).toBe("sent");
  expect(sns.commandCalls(CreatePlatformEndpointCommand)).toHaveLength(2);
});

test("what is not a token is gone", async () => {
  sns.on(CreatePlatformEndpointCommand).rejects(failure("InvalidParameterException", "Invalid parameter: Token Reason: not hexadecimal"));
  expect(await push.send(note)).toBe("gone");
  expect(sns.commandCalls(PublishCommand)).toHaveLength(0);
});

test.each([
  ["ThrottledException", 429],
  ["InternalErrorException", 500],
])("%s goes back to the queue and keeps the token", async (name, status) => {
  sns.on(PublishCommand).rejects(failure(name, name, status));
  await expect(push.send(note)).rejects.toThrow(new Fault("store.unavailable"));
  expect(sns.commandCalls(DeleteEndpointCommand)).toHaveLength(0);
});

test("an application that Apple's certificate no longer opens throws, and takes nobody's token", async () => {
  sns.on(PublishCommand).rejects(failure("PlatformApplicationDisabledException"));
  await expect(push.send(note)).rejects.toThrow("PlatformApplicationDisabledException");
  await expect(snsPush({ applications: {} }).send(note)).rejects.toThrow("no platform application for ios");
});
