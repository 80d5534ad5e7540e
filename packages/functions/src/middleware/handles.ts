import type { Envelope, EventsTo } from "@pendo/contract/events";
import type { SessionId, UserId } from "@pendo/contract/ids";
import type { PortName } from "@pendo/contract/ports";
import type { QueueName, queues } from "@pendo/contract/queues";
import type { RouteSpec } from "@pendo/contract/route";
import type { ScheduleName, schedules } from "@pendo/contract/schedules";
import type { connectionNeeds, FrameInData, FrameInName, FrameOutData, FrameOutName, framesIn } from "@pendo/contract/sockets";
import type { Uses } from "@pendo/core/ports/ports";
import type * as z from "zod";

/** What a handler gets: exactly the ports its entry of the contract names in `needs`, and who calls. */
export type Needs<Entry extends { readonly needs: readonly PortName[] }> = Uses<Entry["needs"][number]>;

export interface Caller {
  /** The network address, as the edge saw it. */
  readonly ip: string;
  readonly userAgent: string;
  /** W3C trace context of the request; facts carry it on. */
  readonly traceparent: string;
}

type Me<R extends RouteSpec> = R["auth"] extends "public" ? unknown : { readonly me: UserId; readonly sessionId: SessionId };

/** The first answer, where a request is repeated whose answer is made again. */
type First<R extends RouteSpec> = R["renewed"] extends true ? { readonly first: z.output<R["output"]> | undefined } : unknown;

export type RouteContext<R extends RouteSpec> = Needs<R> & Me<R> & First<R> & { readonly caller: Caller };

export type HandleRoute<R extends RouteSpec> = (ctx: RouteContext<R>, input: z.output<R["input"]>) => Promise<z.output<R["output"]>>;

/** A noun's handlers: one for each of its routes, and none besides. */
export type HandleNoun<Noun> = { readonly [R in keyof Noun]: Noun[R] extends RouteSpec ? HandleRoute<Noun[R]> : never };

/** A queue's handlers: one for each fact that the contract sends to it. */
export type HandleQueue<Q extends QueueName> = {
  readonly [E in EventsTo<Q>]: (ctx: Needs<(typeof queues)[Q]>, fact: Envelope<E>) => Promise<void>;
};

/**
 * A queue that works a whole batch at once. When that fails, the batch is tried again one by one, so that one message stays one unit of failure.
 * Counts that it answers are measured under the queue's name.
 */
export interface HandleBatch<Q extends QueueName> {
  readonly batch: (
    ctx: Needs<(typeof queues)[Q]>,
    facts: readonly Envelope<EventsTo<Q>>[],
  ) => Promise<Readonly<Record<string, number>> | void>;
}

/** Counts that it returns are measured under the schedule's name. */
export type HandleSchedule<S extends ScheduleName> = (
  ctx: Needs<(typeof schedules)[S]>,
) => Promise<Readonly<Record<string, number>> | void>;

export interface SocketCaller {
  readonly me: UserId;
  readonly sessionId: SessionId;
  readonly connectionId: string;
}

/** Answers one frame: with a frame to send back, or with nothing but the `ack`. */
export type HandleFrame<F extends FrameInName> = (
  ctx: Needs<(typeof framesIn)[F]> & SocketCaller,
  data: FrameInData<F>,
) => Promise<Reply | void>;

export type Reply = { [F in FrameOutName]: { readonly type: F; readonly data: FrameOutData<F> } }[FrameOutName];

/** What happens on a socket: it opens with a ticket, frames come, it closes. */
export interface HandleSocket {
  readonly frames: { readonly [F in FrameInName]: HandleFrame<F> };
  /** Takes the ticket; throws `ticket.invalid`, and the socket does not open. */
  readonly connect: (ctx: Uses<(typeof connectionNeeds)[number]>, opening: { ticket: string; connectionId: string }) => Promise<void>;
  readonly disconnect: (ctx: Uses<(typeof connectionNeeds)[number]>, closing: { connectionId: string }) => Promise<void>;
}
