import { type QueueName, queues } from "@pendo/contract/queues";
import type { RouteSpec } from "@pendo/contract/route";
import * as nouns from "@pendo/contract/routes/index";
import { type ScheduleName, schedules } from "@pendo/contract/schedules";
import { type Noun, sizeOfNoun, sizeOfSocket } from "@pendo/contract/sizes";
import { http } from "@pendo/functions/http/index";
import { type HttpFunction, httpFunction } from "@pendo/functions/middleware/http";
import { type QueueFunction, queueFunction } from "@pendo/functions/middleware/queue";
import type { Runtime } from "@pendo/functions/middleware/runtime";
import { type ScheduleFunction, scheduleFunction } from "@pendo/functions/middleware/schedule";
import { type SocketFunction, socketFunction } from "@pendo/functions/middleware/socket";
import { queue } from "@pendo/functions/queue/index";
import { schedule } from "@pendo/functions/schedule/index";
import { socket } from "@pendo/functions/socket/index";
import { invocation } from "./invocation.ts";
import { urgentQueues } from "./worker.ts";

export interface Bindings {
  /** By route key, the function of its noun. */
  readonly routes: ReadonlyMap<string, HttpFunction>;
  readonly queues: ReadonlyMap<QueueName, QueueFunction>;
  readonly schedules: ReadonlyMap<ScheduleName, ScheduleFunction>;
  readonly socket: SocketFunction;
}

/**
 * Binds every handler to this host's ports: the same functions that Lambda runs, all in one process. Queues that nobody waits for, and schedules, get
 * ports of their own, so that under load they yield to requests instead of competing with them.
 */
export function bind(runtime: Runtime, background: Runtime): Bindings {
  const routes = new Map<string, HttpFunction>();
  for (const [noun, specs] of Object.entries(nouns)) {
    const work = httpFunction(noun, specs, http[noun as keyof typeof http], runtime);
    const { timeoutSec } = sizeOfNoun(noun as Noun);
    const serve: HttpFunction = (event) => work(event, invocation(timeoutSec));
    for (const spec of Object.values(specs) as RouteSpec[]) routes.set(spec.at, serve);
  }
  const hear = socketFunction(socket, runtime);
  return {
    routes,
    queues: new Map(namesOf(queues).map((name) => [name, queueFunction(name, queue[name], urgentQueues.has(name) ? runtime : background)])),
    schedules: new Map(namesOf(schedules).map((name) => [name, scheduleFunction(name, schedule[name] as never, background)])),
    socket: (event) => hear(event, invocation(sizeOfSocket.timeoutSec)),
  };
}

function namesOf<T extends object>(table: T): (keyof T)[] {
  return Object.keys(table) as (keyof T)[];
}
