import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  ForbiddenException,
  GoneException,
  LimitExceededException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import { apiGatewaySockets } from "./apiGateway.ts";

const client = new ApiGatewayManagementApiClient({ region: "eu-central-1", endpoint: "https://sockets.example/test" });
const api = mockClient(client);
const sockets = apiGatewaySockets({ client });
beforeEach(() => api.reset());

const said = { message: "no", $metadata: {} };

test("410 Gone: the connection is gone for send, and closed for close", async () => {
  api.onAnyCommand().rejects(new GoneException(said));
  expect(await sockets.send("c1", "x")).toBe("gone");
  await expect(sockets.close("c1")).resolves.toBeUndefined();
});

test("throttling, time-outs and failures throw store.unavailable, never gone: a working socket must not be forgotten", async () => {
  const troubles = [
    new LimitExceededException(said),
    ...["TimeoutError", "AbortError", "InternalServerError"].map((name) => Object.assign(new Error("no"), { name })),
  ];
  for (const trouble of troubles) {
    api.onAnyCommand().rejects(trouble);
    await expect(sockets.send("c1", "x")).rejects.toMatchObject({ code: "store.unavailable", cause: trouble });
    await expect(sockets.close("c1")).rejects.toMatchObject({ code: "store.unavailable" });
  }
});

test("a frame that API Gateway finds too large is input.tooLarge, which no queue retries", async () => {
  api.on(PostToConnectionCommand).rejects(new PayloadTooLargeException(said));
  await expect(sockets.send("c1", "x")).rejects.toMatchObject({ code: "input.tooLarge" });
});

test("a missing permission is a bug, not a transport that is away", async () => {
  api.onAnyCommand().rejects(new ForbiddenException(said));
  await expect(sockets.send("c1", "x")).rejects.toBeInstanceOf(ForbiddenException);
  await expect(sockets.close("c1")).rejects.not.toBeInstanceOf(Fault);
});

test("every request names its connection and carries a limit of time", async () => {
  api.onAnyCommand().resolves({});
  expect(await sockets.send("c1=", "ž")).toBe("sent");
  await sockets.close("c1=");
  expect(api.commandCalls(PostToConnectionCommand)[0]?.args[0].input).toEqual({ ConnectionId: "c1=", Data: Buffer.from("ž") });
  expect(api.commandCalls(DeleteConnectionCommand)[0]?.args[0].input).toEqual({ ConnectionId: "c1=" });
  for (const { args } of api.calls() as unknown as { args: unknown[] }[]) expect(args[1]).toEqual({ abortSignal: expect.any(AbortSignal) });
});

test("a frame over 128 KB is refused before anything is asked", async () => {
  await expect(sockets.send("c1", "x".repeat(128 * 1024 + 1))).rejects.toMatchObject({ code: "input.tooLarge" });
  expect(api.calls()).toHaveLength(0);
});
