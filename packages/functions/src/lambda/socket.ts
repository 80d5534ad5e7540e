import { socketFunction } from "../middleware/socket.ts";
import { socket } from "../socket/index.ts";
import { lambdaRuntime } from "./ports.ts";
import { needsOfSocket } from "./needs.ts";

export const handler = socketFunction(socket, await lambdaRuntime(needsOfSocket()));
