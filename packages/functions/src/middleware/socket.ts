import middy from "@middy/core";
import { type FaultCode, faults } from "@pendo/contract/faults";
import { type LimitName, limits } from "@pendo/contract/limits";
import { connectionNeeds, type FrameInName, type FrameInSpec, framesIn } from "@pendo/contract/sockets";
import { Fault } from "@pendo/core/fault";
import type { Connection } from "@pendo/core/ports/connections/connections";
import type { Uses } from "@pendo/core/ports/ports";
import { revokedBecause } from "@pendo/core/rules/revoked";
import type { APIGatewayProxyStructuredResultV2, APIGatewayProxyWebsocketEventV2, Context } from "aws-lambda";
import type { HandleSocket, Reply } from "./handles.ts";
import { fieldsOf } from "./parseInput.ts";
import { answersPings } from "./ping.ts";
import { faultOf } from "./problem.ts";
import { contextOf, type Runtime, type TimeLimit } from "./runtime.ts";
import { textOf } from "./text.ts";
import { ANSWER_MS, limited, limitOf, within } from "./timeLimit.ts";
import { currentTrace, inTrace, joinTrace, tracedBus } from "./trace.ts";

export type SocketEvent = APIGatewayProxyWebsocketEventV2 & {
  /** Of the handshake: `$connect` has them. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
};
export type SocketFunction = (event: SocketEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
type Ports = Uses<(typeof connectionNeeds)[number]>;
type Handle = (ctx: never, data: never) => Promise<Reply | void>;

/** Wraps the socket's handlers. Who sends is what the connection's ticket said, checked again at every frame; answers go back as frames. */
export function socketFunction(handlers: HandleSocket, runtime: Runtime): SocketFunction {
  const ports = contextOf(runtime, connectionNeeds) as unknown as Ports;
  const contexts = new Map(Object.entries(framesIn).map(([name, spec]) => [name, contextOf(runtime, spec.needs)]));
  const hear = async (event: SocketEvent, read: ReadFrame | null, limit: TimeLimit): Promise<APIGatewayProxyStructuredResultV2> => {
    const startedMs = performance.now();
    const { routeKey, connectionId } = event.requestContext;
    let frame = routeKey;
    let fault: FaultCode | null = null;
    let statusCode = 200;
    try {
      if (!read) await within(limit, () => openOrClose(event, handlers, ports));
      else ({ frame, fault } = await answerFrame(connectionId, read, { ports, contexts, handlers, runtime, limit }));
    } catch (error) {
      const known = faultOf(error);
      fault = known.fault.code;
      if (known.isBug) runtime.observer.bug(error, { socket: routeKey, connectionId });
      // A ticket that nobody could look at is not a bad one.
      statusCode = routeKey === "$connect" && faults[fault].status < 500 ? 401 : 500;
    }
    const latencyMs = performance.now() - startedMs;
    runtime.observer.line(statusCode >= 500 ? "error" : "info", {
      kind: "socket",
      frame,
      fault,
      connectionId,
      latencyMs: Math.round(latencyMs * 10) / 10,
    });
    runtime.observer.measure({ frame }, { frames: 1, latencyMs, faults: fault ? 1 : 0 });
    if (limit.signal.aborted) runtime.observer.measure({ frame }, { timeouts: 1 });
    await runtime.observer.flush();
    return { statusCode };
  };
  const traced = middy<SocketEvent, APIGatewayProxyStructuredResultV2>().handler(async (event, lambda) => {
    const read = ["$connect", "$disconnect"].includes(event.requestContext.routeKey) ? null : readFrame(event);
    const limit = limitOf(lambda, ANSWER_MS);
    const trace = joinTrace(runtime, read?.traceparent ?? event.headers?.["traceparent"]);
    return await inTrace(trace, () => hear(event, read, limit)).finally(limit.end);
  }) as unknown as SocketFunction;
  return answersPings(traced, runtime);
}

async function openOrClose(event: SocketEvent, handlers: HandleSocket, ports: Ports): Promise<void> {
  const { routeKey, connectionId } = event.requestContext;
  const traced = tracedBus(ports.bus, currentTrace()?.traceparent ?? "");
  const own = { ...ports, bus: traced.bus };
  if (routeKey === "$disconnect") await handlers.disconnect(own, { connectionId });
  else await handlers.connect(own, { ticket: event.queryStringParameters?.["ticket"] ?? "", connectionId });
  await traced.settle();
}

interface Bound {
  readonly ports: Ports;
  readonly contexts: ReadonlyMap<string, Record<string, unknown>>;
  readonly handlers: HandleSocket;
  readonly runtime: Runtime;
  readonly limit: TimeLimit;
}

async function answerFrame(
  connectionId: string,
  { ref, type, data, fault: unread }: ReadFrame,
  { ports, contexts, handlers, runtime, limit }: Bound,
): Promise<{ frame: string; fault: FaultCode | null }> {
  const name = type ?? "unknown";
  try {
    const connection = await within(limit, async () => {
      const sender = await whoSends(ports, connectionId);
      // What can't be read counts like the lightest frame: nobody may send it without end.
      await countFrame(ports, type ? framesIn[type].limit : "read", sender);
      return sender;
    });
    if (!type) throw unread ?? new Fault("input.invalid");
    const spec: FrameInSpec = framesIn[type];
    const parsed = spec.data.safeParse(data);
    if (!parsed.success) throw new Fault("input.invalid", { fields: fieldsOf(parsed.error) });

    const context = limited(contexts.get(name) ?? {}, limit);
    const traceparent = currentTrace()?.traceparent ?? "";
    const traced = runtime.ports.bus && "bus" in context ? tracedBus(runtime.ports.bus, traceparent) : undefined;
    const caller = { me: connection.userId, sessionId: connection.sessionId, connectionId };
    const handle = handlers.frames[type] as Handle;
    const reply = await within(limit, async () => {
      const handled = await handle({ ...context, ...(traced && { bus: traced.bus }), ...caller } as never, parsed.data as never);
      await traced?.settle();
      return handled;
    });
    await sendFrame(ports, connectionId, withRef(reply ?? { type: "ack", data: { ref } }, ref));
    return { frame: name, fault: null };
  } catch (error) {
    const { fault, isBug } = faultOf(error);
    if (isBug) runtime.observer.bug(error, { frame: name, connectionId });
    await sendFrame(ports, connectionId, {
      type: "error",
      data: { ref, code: fault.code, detail: fault.message, ...(fault.fields && { fields: fault.fields }) },
    });
    if (fault.code === "auth.required") await ports.sockets.close(connectionId);
    return { frame: name, fault: fault.code };
  }
}

function withRef(reply: Reply, ref: string | null): Reply {
  return reply.type === "ack" ? { type: "ack", data: { ...reply.data, ref } } : reply;
}

interface ReadFrame {
  /** Also where the frame is of no type that clients send, so that its sender learns which one was refused. */
  readonly ref: string | null;
  readonly type: FrameInName | null;
  readonly data: unknown;
  /** The trace that the client begins with this frame, where it begins one. */
  readonly traceparent?: string | null;
  readonly fault?: Fault;
}

function readFrame(event: SocketEvent): ReadFrame {
  const refused = (fault: Fault, ref: string | null = null): ReadFrame => ({ ref, type: null, data: null, fault });
  let frame: unknown;
  try {
    frame = JSON.parse(textOf(event));
  } catch (cause) {
    return refused(cause instanceof Fault ? cause : new Fault("input.notJson", { cause }));
  }
  if (typeof frame !== "object" || frame === null || Array.isArray(frame))
    return refused(new Fault("input.invalid", { fields: { "/": "must be an object" } }));
  const { type, ref = null, data = {}, traceparent } = frame as Record<string, unknown>;
  if (ref !== null && (typeof ref !== "string" || ref.length > 64)) {
    return refused(new Fault("input.invalid", { fields: { "/ref": "must be a string of at most 64 characters" } }));
  }
  if (typeof type !== "string" || !Object.hasOwn(framesIn, type))
    return refused(new Fault("input.invalid", { fields: { "/type": "is not a frame that clients send" } }), ref);
  return { type: type as FrameInName, ref, data, traceparent: typeof traceparent === "string" ? traceparent : null };
}

async function whoSends({ connections, cache }: Ports, connectionId: string): Promise<Connection> {
  const connection = await connections.get(connectionId);
  if (!connection || (await revokedBecause(cache, connection.sessionId)) !== null) throw new Fault("auth.required");
  return connection;
}

async function countFrame({ cache }: Ports, limit: LimitName, { userId }: Connection): Promise<void> {
  const { max, windowSec } = limits[limit];
  const hit = await cache.hit(`limit:${limit}:${userId}`, max, windowSec);
  if (!hit.allowed) throw new Fault("rate.limited", { retryAt: hit.resetAt });
}

async function sendFrame({ sockets, connections }: Ports, connectionId: string, frame: Reply): Promise<void> {
  if ((await sockets.send(connectionId, JSON.stringify(frame))) === "gone") await connections.remove(connectionId);
}
