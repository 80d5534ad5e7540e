import type { IncomingMessage, ServerResponse } from "node:http";
import { type QueueName, queues } from "@pendo/contract/queues";
import { UserId } from "@pendo/contract/ids";
import { wholeNumberText } from "@pendo/contract/number";
import { staffRoles } from "@pendo/contract/route";
import * as admin from "@pendo/core/admin/admin";
import { Fault } from "@pendo/core/fault";
import type { MovableClock } from "@pendo/core/ports/clock/clock";
import type { PgBossBus } from "@pendo/core/ports/bus/pgBoss";
import type { Db } from "@pendo/core/ports/db/db";
import { randomIds } from "@pendo/core/ports/ids/ids";
import * as schedules from "@pendo/core/schedules/schedules";
import { checkEncoding } from "@pendo/functions/middleware/contentHeaders";
import { fieldsOf } from "@pendo/functions/middleware/parseInput";
import { faultOf, problemOf } from "@pendo/functions/middleware/problem";
import { sentOf, textOf } from "@pendo/functions/middleware/text";
import * as z from "zod";
import { send } from "../gateway/answer.ts";
import { readBody } from "../gateway/body.ts";
import { targetOf } from "../gateway/httpEvent.ts";
import type { ServeOther } from "../gateway/httpServer.ts";
import type { HostObserver } from "../meters.ts";
import type { Worker } from "../worker.ts";
import { CONSOLE_PATH, consoleDoor } from "./consoleDoor.ts";
import { closedPage, consolePage, consolePolicy } from "./page.ts";
import * as sql from "./console.sql.ts";

const BELOW = `${CONSOLE_PATH}/`;

const jsonHeaders = { "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff" };
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": consolePolicy,
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
};

export interface ConsoleOptions {
  readonly db: Db;
  readonly bus: PgBossBus;
  readonly clock: MovableClock;
  readonly worker: Worker;
  readonly observer: HostObserver;
  /** Where clients reach this host. */
  readonly url: string;
  /** What opens the console. */
  readonly secret: string;
}

type ConsoleHandler = (query: Record<string, string>, body: unknown) => Promise<unknown>;

/**
 * The local console: sent mail and pushes, queues, dead letters, measurements, the clock. Only the one-machine host has it, and only a client with
 * its secret may use it, wherever that client is and whatever proxy stands between.
 */
export function serveConsole(options: ConsoleOptions): ServeOther {
  const answers = answersOf(options);
  const door = consoleDoor({ secret: options.secret, isHttps: options.url.startsWith("https:") });
  const openPage = (request: IncomingMessage, response: ServerResponse, query: Record<string, string>): void => {
    const given = query["secret"];
    // The address with the secret is left at once, so that it stays neither in the address bar nor in a picture of the screen.
    if (given !== undefined && door.fits(given))
      return send(request, response, { status: 303, headers: { ...pageHeaders, location: CONSOLE_PATH, "set-cookie": door.setCookie } });
    const isOpen = door.isKnown(request) || door.isOpenTo(request);
    send(request, response, { status: isOpen ? 200 : 401, headers: pageHeaders, body: isOpen ? consolePage : closedPage });
  };
  const answer = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    try {
      const query = Object.fromEntries(new URLSearchParams(targetOf(request).query));
      if (path === CONSOLE_PATH && request.method === "GET") return openPage(request, response, query);
      if (!door.isOpenTo(request)) throw new Fault("auth.required");
      const ask = answers[`${request.method} ${path.slice(CONSOLE_PATH.length)}`];
      if (!ask) throw new Fault("route.notFound");
      const body = await ask(query, await jsonBody(request));
      send(request, response, { status: 200, headers: jsonHeaders, body: JSON.stringify(body) });
    } catch (error) {
      const { fault, isBug } = faultOf(error);
      if (isBug) throw error;
      const problem = problemOf(fault, options.clock);
      send(request, response, { ...problem, headers: { ...problem.headers, connection: "close" } });
    }
  };
  return (request, response, path) => (path === CONSOLE_PATH || path.startsWith(BELOW) ? answer(request, response, path) : null);
}

const limit = wholeNumberText(1, 1000).default(100);
const queueName = z.enum(Object.keys(queues) as [QueueName, ...QueueName[]]);

function answersOf({ db, bus, clock, worker, observer }: ConsoleOptions): Record<string, ConsoleHandler> {
  const watched = { deadLetters: bus, clock, ids: randomIds };
  return {
    "GET /mail": async (query) => ({
      items: await sql.sent(db, { kind: "mail", ...read(z.object({ to: z.string().optional(), limit }), query) }),
    }),
    "GET /push": async (query) => ({
      items: await sql.sent(db, { kind: "push", ...read(z.object({ to: z.string().optional(), limit }), query) }),
    }),
    "GET /queues": async () => ({ items: await bus.depths(), outbox: await sql.outboxCount(db) }),
    "GET /dead-letters": async (query) => {
      const asked = read(z.object({ queue: queueName, limit }), query);
      return await admin.listDeadLetters(watched, { name: asked.queue, limit: asked.limit });
    },
    "POST /dead-letters/remove": async (_query, body) => {
      const { queue, deadLetterId } = read(z.strictObject({ queue: queueName, deadLetterId: z.string() }), body);
      await admin.removeDeadLetter(watched, { name: queue, id: deadLetterId });
      return {};
    },
    "POST /redrive": async (_query, body) => {
      const { queue } = read(z.strictObject({ queue: queueName }), body);
      return { moved: await bus.redrive(queue, 1000) };
    },
    "GET /schedules": async () => ({ items: await schedules.list(db) }),
    "GET /lines": async (query) => ({ items: observer.recent(read(z.object({ trace: z.string().optional(), limit }), query)) }),
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
      if (!(await sql.grant(db, { userId, role, at: clock.now() }))) throw new Fault("user.notFound");
      return { userId, role };
    },
  };
}

function read<T extends z.ZodType>(shape: T, value: unknown): z.output<T> {
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new Fault("input.invalid", { fields: fieldsOf(parsed.error) });
  return parsed.data;
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  checkEncoding(request.headers);
  const body = await readBody(request, 64 * 1024);
  if (typeof body === "string") throw new Fault(body === "tooLarge" ? "input.tooLarge" : "input.notJson");
  try {
    return body.length === 0 ? {} : (JSON.parse(textOf(sentOf(body))) as unknown);
  } catch (cause) {
    throw cause instanceof Fault ? cause : new Fault("input.notJson", { cause });
  }
}
