import { encryption } from "./encryption.ts";
import { exposure } from "./exposure.ts";
import { functions } from "./functions.ts";
import { paths } from "./paths.ts";
import type { Policy } from "./policy.ts";
import { queues } from "./queues.ts";
import { retention } from "./retention.ts";
import { secrecy } from "./secrecy.ts";

/** Every rule that holds across resources, in every stage. */
export const policies: readonly Policy[] = [...paths, ...exposure, ...encryption, ...queues, ...functions, ...retention, ...secrecy];
