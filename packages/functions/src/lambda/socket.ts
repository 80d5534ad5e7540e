import { socketFunction } from "../middleware/socket.ts";
import { socket } from "../socket/index.ts";
import { needsOfSocket } from "./needs.ts";
import { lambdaRuntime } from "./ports.ts";

export const handler = socketFunction(socket, await lambdaRuntime(needsOfSocket()));
