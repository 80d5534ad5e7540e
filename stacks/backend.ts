import { cache } from "./cache";
import { connections } from "./connections";
import { database, migrations } from "./database";
import type { FunctionContext, LiveFunction } from "./functions";
import { type HttpApi, httpApi, httpRoutes, type Origin } from "./http";
import { type Links, links } from "./links";
import { mail } from "./mail";
import { media } from "./media";
import { type Network, network } from "./network";
import type { Place } from "./place";
import { push } from "./push";
import { consumers, type Queues, queues } from "./queues";
import { schedules } from "./schedules";
import { search } from "./search";
import type { Secrets } from "./secrets";
import { socketApi, socketRoutes } from "./socket";
import type { Stage } from "./stage";
import type { Stores } from "./stores";

export interface BackendArgs {
  readonly stage: Stage;
  readonly place: Place;
  readonly secrets: Secrets;
}

/** One copy of the backend, in one place. */
export interface Backend {
  readonly place: Place;
  readonly network?: Network | undefined;
  readonly stores: Stores;
  readonly queues: Queues;
  readonly httpApi: HttpApi;
  readonly socketApi: sst.aws.ApiGatewayWebSocket;
  readonly links: Links;
  readonly context: FunctionContext;
  readonly functions: readonly LiveFunction[];
}
