import { Redis } from "@upstash/redis";
import net from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConnectionLost, parseReply, ReplyError, respClient } from "./respConnection.ts";
import { testRedis, type TestRedis } from "./testRedis.ts";
import { startUpstashBridge, type UpstashBridge } from "./upstashBridge.ts";

describe("the RESP parser", () => {
  const stream = Buffer.from("+OK\r\n:-7\r\n$5\r\nž\r\n!\r\n$-1\r\n*3\r\n$0\r\n\r\n*-1\r\n*1\r\n-ERR no\r\n");

  test("reads every kind of reply, one after another", () => {
    const replies = [];
    for (let parsed = parseReply(stream, 0); parsed; parsed = parseReply(stream, parsed.end)) replies.push(parsed.reply);
    expect(replies).toEqual([{ status: "OK" }, -7, Buffer.from("ž\r\n!"), null, [Buffer.from(""), null, [new ReplyError("ERR no")]]]);
  });

  test("waits for the rest of a reply wherever it is cut", () => {
    for (const reply of [stream.subarray(stream.indexOf("*3")), Buffer.from("$5\r\nhello\r\n")]) {
      for (let cut = 0; cut < reply.length; cut += 1) expect(parseReply(reply.subarray(0, cut), 0)).toBeUndefined();
      expect(parseReply(reply, 0)?.end).toBe(reply.length);
    }
  });

  test("refuses what is no reply", () => {
    expect(() => parseReply(Buffer.from("HTTP/1.1 400\r\n"), 0)).toThrow(/unknown kind/);
  });
});

test("a Redis that accepts commands and never answers is given up at the time limit", async () => {
  const silent = net.createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  const { port } = await new Promise<net.AddressInfo>((resolve) =>
    silent.once("listening", () => resolve(silent.address() as net.AddressInfo)),
  );
  const client = respClient({ at: { port, host: "127.0.0.1" }, timeoutMs: 100 });
  await expect(client.send([["PING"]])).rejects.toBeInstanceOf(ConnectionLost);
  silent.close();
});

const redis = await testRedis("--requirepass", "sesame");
const where = redis ? "a real Redis" : "no Redis (redis-server not found)";

describe.skipIf(redis === null)(`the bridge before ${where}`, () => {
  let server: TestRedis;
  let bridge: UpstashBridge;
  beforeAll(async () => {
    if (!redis) throw new Error("There is no Redis.");
    server = redis;
    const options = { redis: { at: server.at, password: "sesame", timeoutMs: 1000 }, token: "secret", bodyBytesMax: 100_000 };
    bridge = await startUpstashBridge(options);
  });
  afterAll(async () => {
    await bridge.stop();
    await server.stop();
  });
  const post = async (path: string, body: string, token = "secret") => {
    const response = await fetch(bridge.url + path, { method: "POST", body, headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: (await response.json()) as unknown };
  };

  for (const responseEncoding of ["base64", false] as const) {
    test(`serves the client with responseEncoding ${responseEncoding}: a command, a pipeline, a transaction`, async () => {
      const client = new Redis({ url: bridge.url, token: "secret", responseEncoding, automaticDeserialization: false });
      expect(await client.set("ok", "OK")).toBe("OK");
      expect(await client.get("ok")).toBe("OK");
      expect(await client.mget("ok", "absent")).toEqual(["OK", null]);
      expect(await client.ping()).toBe("PONG");
      expect(await client.pipeline().set("n", "1").incr("n").get("n").exec()).toEqual(["OK", 2, "2"]);
      expect(await client.multi().set("n", "ž🙂").get("n").del("n").exec()).toEqual(["OK", "ž🙂", 1]);
      expect(await client.eval("return {1, {'a', 'OK'}, 'b'}", [], [])).toEqual([1, ["a", "OK"], "b"]);
    });
  }

  test("keeps a failing command of a pipeline from failing the others", async () => {
    const answer = await post("/pipeline", '[["SET","t","x"],["LPOP","t"],["BLPOP","t",0],["GET","t"]]');
    expect(answer).toEqual({
      status: 200,
      body: [
        { result: "OK" },
        { error: expect.stringMatching(/^WRONGTYPE/) },
        { error: expect.stringMatching(/^ERR BLPOP/) },
        { result: "x" },
      ],
    });
  });

  test("runs a transaction wholly or not at all", async () => {
    expect((await post("/multi-exec", '[["SET","m","1"],["NOSUCHCOMMAND"]]')).status).toBe(400);
    expect(await post("/", '["GET","m"]')).toEqual({ status: 200, body: { result: null } });
  });

  test("keeps transactions of several callers apart on the one connection", async () => {
    const step = '[["INCR","seq"],["INCR","seq"],["INCR","seq"]]';
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => post(n % 2 ? "/multi-exec" : "/pipeline", step)));
    for (const { body } of answers) {
      const [first = 0, ...others] = (body as { result: number }[]).map(({ result }) => result);
      expect(others).toEqual([first + 1, first + 2]);
    }
  });

  test("refuses a wrong token, a command that would disturb others, and what is no command", async () => {
    expect((await post("/", '["GET","ok"]', "wrong")).status).toBe(401);
    expect((await fetch(bridge.url, { method: "POST", body: '["GET","ok"]' })).status).toBe(401);
    expect((await fetch(bridge.url, { headers: { authorization: "Bearer secret" } })).status).toBe(405);
    for (const name of ["SUBSCRIBE", "multi", "Select", "XREAD", "SHUTDOWN"]) expect((await post("/", `["${name}","x"]`)).status).toBe(400);
    for (const body of ["", "{", "{}", "[]", "[{}]", "null"]) expect([body, (await post("/", body)).status]).toEqual([body, 400]);
    expect((await post("/", JSON.stringify(["SET", "big", "x".repeat(200_000)]))).status).toBe(413);
    expect((await post("/nowhere", '["PING"]')).status).toBe(404);
  });

  test("answers 503 while Redis is frozen, and serves again by itself when it is back", async () => {
    process.kill(server.pid, "SIGSTOP");
    const frozen = await Promise.all([post("/", '["GET","ok"]'), fetch(`${bridge.url}/healthz`)]);
    process.kill(server.pid, "SIGCONT");
    expect(frozen.map(({ status }) => status)).toEqual([503, 503]);
    expect((await post("/", '["PING"]')).status).toBe(200);
    expect((await fetch(`${bridge.url}/healthz`)).status).toBe(200);
  });

  test("answers 503 where Redis is not there, or refuses the password", async () => {
    for (const own of [{ at: { path: "/nowhere.sock" } }, { at: server.at, password: "wrong" }]) {
      const other = await startUpstashBridge({ redis: own, token: "secret" });
      expect((await fetch(`${other.url}/healthz`)).status).toBe(503);
      await other.stop();
    }
  });
});
