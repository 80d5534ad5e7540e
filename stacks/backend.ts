import { API_SUBDOMAIN } from "@pendo/contract/canary";
import { cache } from "./cache";
import { connections } from "./connections";
import { database, migrations } from "./database";
import type { Edge } from "./edge/edge";
import type { FunctionContext, LiveFunction } from "./functions";
import { type HttpApi, httpApi, httpRoutes } from "./http";
import { links } from "./links";
import { mail } from "./mail";
import type { Media } from "./media";
import { type Network, network, type SharedOutputs } from "./network";
import type { Place } from "./place";
import { push } from "./push";
import { consumers, type Queues, queues } from "./queues";
import { schedules } from "./schedules";
import { search } from "./search";
import type { Secrets } from "./secrets";
import { publishShared, readShared } from "./shared";
import { socketApi, socketRoutes } from "./socket";
import type { Stage } from "./stage";
import type { Stores } from "./stores";

export interface BackendArgs {
  readonly stage: Stage;
  readonly place: Place;
  readonly secrets: Secrets;
  readonly media: Media;
  /** Absent where clients reach API Gateway itself. */
  readonly edge?: Edge | undefined;
  /** The main copy, for the one that stands by. */
  readonly main?: Backend | undefined;
}

/** One copy of the backend, in one place. */
export interface Backend {
  readonly place: Place;
  readonly network?: Network | undefined;
  readonly stores: Stores;
  readonly queues: Queues;
  readonly httpApi: HttpApi;
  readonly socketApi: sst.aws.ApiGatewayWebSocket;
  readonly context: FunctionContext;
  /** Every function, by what calls it. */
  readonly functions: {
    readonly http: ReturnType<typeof httpRoutes>;
    readonly socket: LiveFunction;
    readonly queues: ReturnType<typeof consumers>;
    readonly schedules: ReturnType<typeof schedules>;
  };
}

/** Stores, queues, APIs, and the functions of the contract between them. */
export function backend(args: BackendArgs): Backend {
  const { stage, place, secrets, edge } = args;
  const origins = edge?.origins(place);
  const made = {
    queues: queues(place),
    httpApi: httpApi({ stage, place, origin: origins?.http }),
    socketApi: socketApi({ stage, place, origin: origins?.socket }),
  };
  const shared = readShared(stage);
  const around: Omit<FunctionContext, "links"> = {
    stage,
    place,
    secrets,
    network: network({ stage, place, shared }),
    made: [],
    deadLetters: [],
  };
  const stores = storesOf(args, around, shared);
  const addresses = edge ? addressesOf(stage) : { publicUrl: made.httpApi.api.url, socketUrl: made.socketApi.url };
  const context: FunctionContext = { ...around, links: links({ place, stores, secrets, ...made, addresses }) };
  const functions = {
    http: httpRoutes(context, made.httpApi, origins?.http),
    socket: socketRoutes(context, made.socketApi, origins?.socket),
    queues: consumers(context, made.queues),
    schedules: schedules(context),
  };
  return { place, network: context.network, stores, ...made, context, functions };
}

function storesOf(args: BackendArgs, around: Omit<FunctionContext, "links">, shared: SharedOutputs | undefined): Stores {
  const { stage, place, secrets, main } = args;
  const own = { stage, place, network: around.network };
  const before = database({ ...own, shared, main: main?.stores.database });
  if (around.network && !place.standby) publishShared({ stage, network: around.network, database: before });
  return {
    database: migrations(around, before),
    cache: cache({ stage, place, main: main?.stores.cache }),
    search: search(own),
    connections: connections(own),
    media: args.media,
    mail: mail({ stage, place, edge: args.edge }),
    push: push({ stage, place, secrets }),
  };
}

/** The names that CloudFront answers to. Every copy of the backend says the same ones. */
function addressesOf({ domain }: Stage) {
  return { publicUrl: `https://${API_SUBDOMAIN}.${domain}`, socketUrl: `wss://ws.${domain}` };
}
