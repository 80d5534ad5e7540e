import type { PortName } from "@pendo/contract/ports";
import type { Bus } from "./bus/bus.ts";
import type { DeadLetters } from "./bus/deadLetters.ts";
import type { Cache } from "./cache/cache.ts";
import type { Clock } from "./clock/clock.ts";
import type { Connections } from "./connections/connections.ts";
import type { Db } from "./db/db.ts";
import type { Ids } from "./ids/ids.ts";
import type { Judge } from "./judge/judge.ts";
import type { Mail } from "./mail/mail.ts";
import type { Push } from "./push/push.ts";
import type { Search } from "./search/search.ts";
import type { Secrets } from "./secrets/secrets.ts";
import type { Sockets } from "./sockets/sockets.ts";
import type { Storage } from "./storage/storage.ts";
import type { Vision } from "./vision/vision.ts";

export interface Ports {
  readonly db: Db;
  readonly cache: Cache;
  readonly search: Search;
  readonly bus: Bus;
  readonly deadLetters: DeadLetters;
  readonly storage: Storage;
  readonly connections: Connections;
  readonly sockets: Sockets;
  readonly mail: Mail;
  readonly push: Push;
  readonly vision: Vision;
  readonly judge: Judge;
  readonly secrets: Secrets;
}

/** What every context has. */
export interface Ambient {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The ports a function uses, by name, with the clock and the ids. */
export type Uses<P extends PortName = never> = Pick<Ports, P> & Ambient;
