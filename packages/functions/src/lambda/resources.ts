import { wholeNumberText } from "@pendo/contract/number";
import type { PortName } from "@pendo/contract/ports";
import { type QueueName, queues } from "@pendo/contract/queues";
import * as z from "zod";

const text = z.string("is missing").min(1, "is empty");
const address = z.url({ protocol: /^https$/, error: "is not an https:// address" });
const loopback = z.url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|localhost)$/, error: "is not an https:// address" });

/** What each linked resource says of itself. The stacks make and link resources by these names; nothing else knows them. */
export const resources = {
  /** Aurora, or the proxy in front of it. */
  Database: z.object({ host: text, port: wholeNumberText(1, 65_535, "is missing"), username: text, password: text, database: text }),
  /** Upstash Redis; under `sst dev` what speaks its protocol on the developer's machine. */
  Cache: z.object({ url: z.union([address, loopback], "is not an https:// address"), token: text }),
  /** OpenSearch. A stage without it searches in PostgreSQL. */
  Search: z.object({ url: address, username: text.optional(), password: text.optional() }),
  /** The bucket of pictures. */
  Uploads: z.object({ name: text }),
  /** The distribution in front of the bucket, and the key it trusts. A stage without it signs addresses of the bucket. */
  Media: z.object({ url: address, keyPairId: text, privateKey: text }),
  /** The DynamoDB table of open sockets. */
  Connections: z.object({ name: text }),
  /** The WebSocket API. */
  Socket: z.object({ managementEndpoint: address }),
  /** SES: a verified sender. */
  Mail: z.object({ sender: text, configSet: text.optional() }),
  /** SNS platform applications, and the key pair of web push. */
  Push: z.object({
    iosApplication: text.optional(),
    androidApplication: text.optional(),
    vapid: z.object({ subject: text, publicKey: text, privateKey: text }, "is missing"),
  }),
  /** Where clients reach the stage, and with which key browsers subscribe to its pushes. */
  Addresses: z.object({ publicUrl: address, socketUrl: text, vapidPublicKey: text }),
  MasterSecret: z.object({ value: text }),
  SigningKeys: z.object({ value: text }),
  /** What CloudFront sends as `x-pendo-origin`; the ones before and after it pass too while it is being replaced. A stage without an edge has none. */
  OriginSecret: z.object({ current: text, previous: z.string().optional(), next: z.string().optional() }),
  /** The bucket in which SES puts the letters to a domain of the canary's own. */
  Inbox: z.object({ name: text, domain: text }),
  /** The bucket of configuration backups. */
  ConfigBackup: z.object({ name: text }),
} as const;

const queue = z.object({ url: address });

export type ResourceName = keyof typeof resources;
export type Resource<Name extends ResourceName> = z.output<(typeof resources)[Name]>;

/** The names of a queue's resource and of its dead letters': `QueueEmail`, `QueueEmailDead`. */
export function queueResources(name: QueueName): { readonly live: string; readonly dead: string } {
  const live = `Queue${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return { live, dead: `${live}Dead` };
}

const everyQueue = (Object.keys(queues) as QueueName[]).map(queueResources);

/** Which resources a port is made of. Those in `optional` may be absent from a stage. */
export const resourcesOf: {
  readonly [P in PortName]: { readonly required: readonly string[]; readonly optional?: readonly ResourceName[] };
} = {
  db: { required: ["Database"] },
  cache: { required: ["Cache"] },
  search: { required: ["Database"], optional: ["Search"] },
  bus: { required: ["Database", ...everyQueue.map(({ live }) => live)] },
  deadLetters: { required: everyQueue.flatMap(({ live, dead }) => [live, dead]) },
  storage: { required: ["Uploads"], optional: ["Media"] },
  connections: { required: ["Connections"] },
  sockets: { required: ["Socket"] },
  mail: { required: ["Mail"] },
  push: { required: ["Push"] },
  vision: { required: [] },
  judge: { required: [] },
  secrets: { required: ["MasterSecret", "SigningKeys", "Addresses"] },
};

/** The function is not linked to what it needs, or the link holds something else. The message names the resource and never its values. */
export class ResourceError extends Error {
  override readonly name = "ResourceError";
}

export interface Linked {
  read<Name extends ResourceName>(name: Name): Resource<Name>;
  readOptional<Name extends ResourceName>(name: Name): Resource<Name> | undefined;
  queueUrl(resource: string): string;
}

/** Reads resources out of what the function was linked to, each checked when it is asked for. */
export function linkedResources(raw: Readonly<Record<string, unknown>>): Linked {
  const parse = <Value>(name: string, schema: z.ZodType<Value>): Value => {
    if (raw[name] === undefined) throw new ResourceError(`This function is not linked to the resource ${name}.`);
    // Each is read once, and compiling what reads it takes longer than reading.
    const parsed = schema.safeParse(raw[name], { jitless: true });
    if (parsed.success) return parsed.data;
    const wrong = parsed.error.issues.map(({ path, message }) => `${[name, ...path].join(".")} ${message}`).join("; ");
    throw new ResourceError(`This function's link is unusable: ${wrong}.`);
  };
  const read = <Name extends ResourceName>(name: Name) => parse(name, resources[name] as unknown as z.ZodType<Resource<Name>>);
  return {
    read,
    readOptional: (name) => (raw[name] === undefined ? undefined : read(name)),
    queueUrl: (name) => parse(name, queue).url,
  };
}
