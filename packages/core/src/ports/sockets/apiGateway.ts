import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  ForbiddenException,
  GoneException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { Fault } from "../../fault.ts";
import { boundedCalls } from "../awsFailure.ts";
import { assertSendable } from "./frame.ts";
import type { Sockets } from "./sockets.ts";

export interface ApiGatewaySocketsOptions {
  /** Its endpoint is the stage of the WebSocket API, `https://….execute-api.….amazonaws.com/<stage>`. */
  readonly client: ApiGatewayManagementApiClient;
  /** The longest one call may take, the SDK's own retries included. */
  readonly timeoutMs?: number;
}

/** A client of the WebSocket API behind this address, whose calls end in time. */
export const apiGatewayClient = (endpoint: string): ApiGatewayManagementApiClient =>
  new ApiGatewayManagementApiClient({ ...boundedCalls, endpoint });

/**
 * Sockets that API Gateway holds. A connection is gone for it until its `$connect` was answered, too.
 * Throws `input.tooLarge`; throttling and failures that outlast the SDK's retries, and silence, are `store.unavailable`.
 */
export function apiGatewaySockets({ client, timeoutMs = 3000 }: ApiGatewaySocketsOptions): Sockets {
  const limits = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
  return {
    send: async (connectionId, frame) => {
      assertSendable(frame);
      const post = new PostToConnectionCommand({ ConnectionId: connectionId, Data: Buffer.from(frame) });
      return (await unlessGone(client.send(post, limits()))) ? "sent" : "gone";
    },
    close: async (connectionId) => {
      await unlessGone(client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }), limits()));
    },
  };
}

/** Answers whether the connection was there. */
async function unlessGone(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (thrown) {
    if (thrown instanceof GoneException) return false;
    if (thrown instanceof PayloadTooLargeException) throw new Fault("input.tooLarge", { cause: thrown });
    // A missing permission is a mistake of ours that no retry mends.
    if (thrown instanceof ForbiddenException) throw thrown;
    throw new Fault("store.unavailable", { cause: thrown });
  }
}
