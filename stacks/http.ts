import { corsRequestHeaders, corsResponseHeaders } from "@pendo/contract/cors";
import { everyRoute } from "@pendo/contract/everyRoute";
import type { LimitName } from "@pendo/contract/limits";
import * as nouns from "@pendo/contract/routes/index";
import { type Noun, sizeOfNoun } from "@pendo/contract/sizes";
import { entryOf } from "@pendo/functions/lambda/entries";
import { needsOfNoun } from "@pendo/functions/lambda/needs";
import { authorizer } from "./authorizer";
import { type FunctionContext, type LiveFunction, liveFunction } from "./functions";
import type { Origin, Place } from "./place";
import { componentOf } from "@pendo/operations/components";
import type { Stage } from "./stage";

// Which share of the stage's peak one route may take, all callers together; each caller has the limit of the contract besides.
const shareOf: Readonly<Record<LimitName, number>> = {
  read: 0.5,
  swipe: 0.5,
  message: 0.5,
  write: 0.25,
  public: 0.2,
  codeRequest: 0.1,
  codeVerify: 0.1,
  location: 0.1,
  search: 0.1,
  denied: 0.1,
  files: 0.1,
  handshake: 0.1,
  refresh: 0.1,
  upload: 0.05,
  block: 0.05,
  report: 0.01,
  staff: 0.01,
};
const BURST_SEC = 2;

export interface HttpApi {
  readonly api: sst.aws.ApiGatewayV2;
  /** To be told when every route exists: the stage's settings name them. */
  readonly routesMade: (routes: $util.Resource[]) => void;
}

/** The HTTP API, still without routes. Behind an edge it answers under the origin's name only. */
export function httpApi({ stage, place, origin }: { stage: Stage; place: Place; origin?: Origin | undefined }): HttpApi {
  let routesMade: HttpApi["routesMade"] = () => {};
  const routes = new Promise<$util.Resource[]>((resolve) => (routesMade = resolve));
  const api = new sst.aws.ApiGatewayV2(
    `${place.prefix}HttpApi`,
    {
      ...(origin && { domain: { name: origin.domain, dns: false, cert: origin.certificateArn } }),
      cors: {
        allowOrigins: stage.permanent ? [`https://${stage.domain}`] : ["*"],
        allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
        allowHeaders: [...corsRequestHeaders],
        exposeHeaders: [...corsResponseHeaders],
        maxAge: "10 minutes",
      },
      transform: {
        api: { disableExecuteApiEndpoint: origin !== undefined },
        logGroup: { retentionInDays: stage.logDays },
        stage: (args, opts) => {
          args.defaultRouteSettings = throttled(stage, 0.1);
          args.routeSettings = everyRoute().map(({ spec }) => ({ routeKey: spec.at, ...throttled(stage, shareOf[spec.limit]) }));
          opts.dependsOn = routes;
        },
      },
    },
    place.opts,
  );
  return { api, routesMade };
}

function throttled({ peakPerSec }: Stage, share: number) {
  const throttlingRateLimit = Math.max(1, Math.ceil(peakPerSec * share));
  // The functions measure each route themselves; the gateway would want the price of six more metrics for every one.
  return { throttlingRateLimit, throttlingBurstLimit: throttlingRateLimit * BURST_SEC, detailedMetricsEnabled: false };
}

/** One function per noun, and every route of the contract to it. What is not public passes the gateway with a token of ours only. */
export function httpRoutes(context: FunctionContext, { api, routesMade }: HttpApi, origin?: Origin): Readonly<Record<Noun, LiveFunction>> {
  const { place } = context;
  const authorizers = httpAuthorizers(context, api, origin);
  const made: $util.Resource[] = [];
  const all = (Object.entries(nouns) as [Noun, object][]).map(([noun, specs]) => {
    const live = liveFunction(context, {
      name: `${componentOf(noun)}Api`,
      description: `Answers the routes of ${noun}`,
      handler: entryOf("http", noun).handler,
      needs: needsOfNoun(specs),
      ...sizeOfNoun(noun),
    });
    return [noun, live] as const;
  });
  const functions = Object.fromEntries(all) as Record<Noun, LiveFunction>;
  for (const { noun, name, spec } of everyRoute()) {
    const live = functions[noun as Noun];
    const authorizer = noun === "ops" && probes.has(name) ? undefined : spec.auth === "public" ? authorizers.origin : authorizers.session;
    const route = api.route(spec.at, live.alias ? live.target : live.fn.arn, {
      name: `${place.prefix}${componentOf(noun)}${componentOf(name)}Route`,
      ...(authorizer && { auth: { lambda: authorizer.id } }),
    });
    made.push(route);
  }
  routesMade(made);
  return functions;
}

// Route 53 asks these of each place itself, and can send no header along.
const probes: ReadonlySet<string> = new Set(["getHealth", "getReadiness"]);

// How long the gateway remembers an answer about the same token.
const AUTHORIZER_TTL = "60 seconds";

function httpAuthorizers(context: FunctionContext, api: sst.aws.ApiGatewayV2, origin: Origin | undefined) {
  const header = origin ? ["$request.header.x-pendo-origin"] : [];
  const session = authorizer(context, "SessionAuthorizer", origin);
  const authorize = (name: string, fn: LiveFunction, identitySources: string[]) =>
    api.addAuthorizer({
      name,
      lambda: { function: fn.alias ? fn.target : fn.fn.arn, ttl: AUTHORIZER_TTL, identitySources },
    });
  return {
    session: authorize(`${context.place.prefix}Session`, session, ["$request.header.Authorization", ...header]),
    // Without an edge there is nothing to tell a public request by.
    origin: origin && authorize(`${context.place.prefix}Origin`, authorizer(context, "OriginAuthorizer", origin), header),
  };
}
