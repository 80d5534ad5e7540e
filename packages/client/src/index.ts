// What the package @pendo/client exports. Inside this repository, modules are imported by their own names.
export { type Calls, type Client, client, type ClientOptions } from "./client.ts";
export { type Frame, type Live, live, type LiveOptions } from "./live.ts";
export { type FieldError, NetworkError, ProblemError } from "./problem.ts";
export { replica, type Replica, type ReplicaOptions, type State } from "./replica.ts";
export type { Session, Tokens } from "./session.ts";
