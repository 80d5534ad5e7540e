import { sizeOfSocket } from "@pendo/contract/sizes";
import { needsOfSocket } from "@pendo/functions/lambda/needs";
import { authorizer } from "./authorizer";
import { type FunctionContext, type LiveFunction, liveFunction } from "./functions";
import type { Origin, Place } from "./place";
import type { Stage } from "./stage";

/** The WebSocket API, still without routes. */
export function socketApi({
  stage,
  place,
  origin,
}: {
  stage: Stage;
  place: Place;
  origin?: Origin | undefined;
}): sst.aws.ApiGatewayWebSocket {
  return new sst.aws.ApiGatewayWebSocket(
    `${place.prefix}SocketApi`,
    {
      ...(origin && { domain: { name: origin.domain, dns: false, cert: origin.certificateArn } }),
      transform: {
        accessLog: { retentionInDays: stage.logDays },
        stage: (args) => {
          const throttlingRateLimit = stage.peakPerSec;
          args.defaultRouteSettings = { throttlingRateLimit, throttlingBurstLimit: throttlingRateLimit * 2, detailedMetricsEnabled: true };
        },
      },
    },
    place.opts,
  );
}

/**
 * One function opens, closes and hears every socket. Only opening can be authorized by the gateway; whose socket it is, a single-use ticket says, and
 * every frame is checked against it.
 */
export function socketRoutes(context: FunctionContext, api: sst.aws.ApiGatewayWebSocket, origin?: Origin): LiveFunction {
  const live = liveFunction(context, {
    name: "SocketFunction",
    description: "Opens and closes sockets, and answers their frames",
    handler: "packages/functions/src/lambda/socket.handler",
    needs: needsOfSocket(),
    ...sizeOfSocket,
    shift: "blueGreen",
  });
  const target = live.alias ? live.target : live.fn.arn;
  api.route("$connect", target, origin && { auth: { lambda: connectAuthorizer(context, api, origin) } });
  api.route("$disconnect", target);
  api.route("$default", target);
  return live;
}

function connectAuthorizer(context: FunctionContext, api: sst.aws.ApiGatewayWebSocket, origin: Origin) {
  const live = authorizer(context, "ConnectAuthorizer", origin);
  const identitySources = ["route.request.querystring.ticket", "route.request.header.x-pendo-origin"];
  return api.addAuthorizer("Origin", { lambda: { function: live.alias ? live.target : live.fn.arn, identitySources } }).id;
}
