import type { IncomingMessage } from "node:http";
import { type QueueName, queues } from "@pendo/contract/queues";
import { UserId } from "@pendo/contract/ids";
import { staffRoles } from "@pendo/contract/route";
import { Fault } from "@pendo/core/fault";
import type { MovableClock } from "@pendo/core/ports/clock/clock";
import type { PgBossBus } from "@pendo/core/ports/bus/pgBoss";
import type { Db } from "@pendo/core/ports/db/db";
import { fieldsOf } from "@pendo/functions/middleware/parseInput";
import { faultOf, problemOf } from "@pendo/functions/middleware/problem";
import { z } from "zod";
import { targetOf } from "../gateway/httpEvent.ts";
import type { ServeOther } from "../gateway/httpServer.ts";
import type { HostObserver } from "../meters.ts";
import type { Worker } from "../worker.ts";
import { consolePage } from "./page.ts";
import * as sql from "./console.sql.ts";

export const CONSOLE_PATH = "/_local";

export interface ConsoleOptions {
  readonly db: Db;
  readonly bus: PgBossBus;
  readonly clock: MovableClock;
  readonly worker: Worker;
  readonly observer: HostObserver;
  readonly url: string;
}

type Answer = (query: Record<string, string>, body: unknown) => Promise<unknown>;

/**
 * The local console: sent mail and pushes, queues, dead letters, measurements, the clock. Only the one-machine host has it, and only somebody on
 * this machine reaches it: the connection comes from loopback, and a page of another site can neither read it nor post to it.
 */
export function serveConsole(options: ConsoleOptions): ServeOther {
  const answers = answersOf(options);
  return async (request, response, path) => {
    if (path !== CONSOLE_PATH && !path.startsWith(`${CONSOLE_PATH}/`)) return false;
    try {
      // To anybody else the console does not exist.
      if (!isLocal(request)) throw new Fault("route.notFound");
      if (path === CONSOLE_PATH && request.method === "GET") {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }).end(consolePage);
        return true;
      }
      const answer = answers[`${request.method} ${path.slice(CONSOLE_PATH.length)}`];
      if (!answer) throw new Fault("route.notFound");
      const body = await answer(Object.fromEntries(new URLSearchParams(targetOf(request).query)), await jsonBody(request));
      response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(body));
    } catch (error) {
      const problem = problemOf(faultOf(error).fault, options.clock);
      response.writeHead(problem.status, problem.headers).end(problem.body);
    }
    return true;
  };
}

const limit = z.coerce.number().int().min(1).max(1000).default(100);
const queueName = z.enum(Object.keys(queues) as [QueueName, ...QueueName[]]);

function answersOf({ db, bus, clock, worker, observer }: ConsoleOptions): Record<string, Answer> {
  return {
    "GET /mail": async (query) => ({ items: await sql.sent(db, { kind: "mail", ...read(z.object({ to: z.string().optional(), limit }), query) }) }),
    "GET /push": async (query) => ({ items: await sql.sent(db, { kind: "push", ...read(z.object({ to: z.string().optional(), limit }), query) }) }),
    "GET /queues": async () => ({ items: await bus.depths(), outbox: await sql.outboxCount(db) }),
    "GET /dead-letters": async (query) => {
      const asked = read(z.object({ queue: queueName, limit }), query);
      return { items: await bus.deadLetters(asked.queue, asked.limit) };
    },
    "POST /redrive": async (_query, body) => {
      const { queue } = read(z.strictObject({ queue: queueName }), body);
      return { moved: await bus.redrive(queue, 1000) };
    },
    "GET /metrics": async () => ({ items: observer.meters() }),
    "GET /clock": async () => ({ now: clock.now().toISOString() }),
    "POST /clock": async (_query, body) => {
      const { advanceSec } = read(z.strictObject({ advanceSec: z.number().min(0).max(31_536_000) }), body);
      clock.advance(advanceSec * 1000);
      return { now: clock.now().toISOString() };
    },
    "POST /idle": async () => {
      await bus.relay();
      await worker.idle();
      return { items: await bus.depths() };
    },
    "POST /staff": async (_query, body) => {
      const { userId, role } = read(z.strictObject({ userId: UserId, role: z.enum(staffRoles) }), body);
      await sql.grant(db, { userId, role, at: clock.now() });
      return { userId, role };
    },
  };
}

function read<T extends z.ZodType>(shape: T, value: unknown): z.output<T> {
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new Fault("input.invalid", { fields: fieldsOf(parsed.error) });
  return parsed.data;
}

const LOOPBACK = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/;
const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

// The host name shuts out other sites whose name was pointed at this machine; the origin, posts from their pages.
function isLocal(request: IncomingMessage): boolean {
  const { host = "", origin } = request.headers;
  return LOOPBACK.test(request.socket.remoteAddress ?? "") && LOCAL_NAME.test(host) && (origin === undefined || origin === `http://${host}`);
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > 64 * 1024) throw new Fault("input.tooLarge");
    chunks.push(chunk);
  }
  try {
    return bytes === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown);
  } catch (cause) {
    throw new Fault("input.notJson", { cause });
  }
}

