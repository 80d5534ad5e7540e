import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { apiGatewaySockets } from "./apiGateway.ts";
import { localSockets, type LocalSocketRegistry } from "@pendo/local/sockets/localSockets";
import { socketsBehaviour, type Peer } from "./sockets.behaviour.ts";

type Trouble = Parameters<Peer["next"]>[0];

socketsBehaviour("this process", async () => {
  const registry: LocalSocketRegistry = new Map();
  const open = (connectionId: string): Peer => {
    const received: string[] = [];
    let trouble: Trouble | undefined;
    let isOpen = true;
    const leave = (): void => {
      isOpen = false;
      registry.delete(connectionId);
    };
    registry.set(connectionId, {
      send: async (frame) => {
        const now = trouble;
        trouble = undefined;
        if (now === "hangs") return new Promise<void>(() => undefined);
        if (now === "leaves") leave();
        if (now !== undefined) throw new Error("EPIPE");
        received.push(frame);
      },
      close: () => (isOpen = false),
    });
    return { received, isOpen: () => isOpen, leave, next: (what) => (trouble = what) };
  };
  return { sockets: localSockets({ registry, timeoutMs: 2_000 }), open, stop: async () => undefined };
});

socketsBehaviour("API Gateway (a stub of its management API)", async () => {
  const api = await managementApi();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new ApiGatewayManagementApiClient({ endpoint: api.endpoint, region: "eu-central-1", credentials, maxAttempts: 1 });
  return {
    sockets: apiGatewaySockets({ client, timeoutMs: 2_000 }),
    open: api.open,
    stop: async () => {
      client.destroy();
      await api.stop();
    },
  };
});

interface StubConnection {
  readonly received: string[];
  trouble: Trouble | undefined;
}

/** What API Gateway serves at `/<stage>/@connections/<id>`: POST sends, GET tells, DELETE closes; 410 for who is gone. */
async function managementApi() {
  const connections = new Map<string, StubConnection>();
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const fail = (status: number, type: string): void =>
      void response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type }).end("{}");
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const [, stage, kind, id] = (request.url ?? "").split("/").map(decodeURIComponent);
    if (stage !== "test" || kind !== "@connections" || !id) return fail(403, "ForbiddenException");
    if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ")) return fail(403, "ForbiddenException");
    const trouble = request.method === "POST" ? connections.get(id)?.trouble : undefined;
    if (trouble === "leaves") connections.delete(id);
    const connection = connections.get(id);
    if (!connection) return fail(410, "GoneException");
    connection.trouble = undefined;
    if (trouble === "hangs") return;
    if (trouble === "fails") return fail(500, "InternalServerError");
    const body = Buffer.concat(chunks);
    if (body.length > 128 * 1024) return fail(413, "PayloadTooLargeException");
    if (request.method === "DELETE") connections.delete(id);
    if (request.method === "POST") connection.received.push(body.toString("utf8"));
    response.writeHead(request.method === "DELETE" ? 204 : 200).end(request.method === "GET" ? "{}" : undefined);
  };
  const server = http.createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/test`,
    open: (id: string): Peer => {
      const connection: StubConnection = { received: [], trouble: undefined };
      connections.set(id, connection);
      return {
        received: connection.received,
        isOpen: () => connections.has(id),
        leave: () => void connections.delete(id),
        next: (trouble) => (connection.trouble = trouble),
      };
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
