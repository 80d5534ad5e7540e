import type { PortName } from "@pendo/contract/ports";
import type { QueueName } from "@pendo/contract/queues";
import { queueResources, type ResourceName, resourcesOf } from "@pendo/functions/lambda/resources";
import type { Grant, Links, PortLinks } from "./grants";
import type { Place } from "./place";
import type { Queues } from "./queues";
import type { Secrets } from "./secrets";
import type { Stores } from "./stores";

export interface LinkSources {
  readonly place: Place;
  readonly stores: Stores;
  readonly queues: Queues;
  readonly secrets: Secrets;
  readonly socketApi: sst.aws.ApiGatewayWebSocket;
  readonly addresses: { readonly publicUrl: $util.Input<string>; readonly socketUrl: $util.Input<string> };
}

/** Every port of the contract, linked as `lambda/resources.ts` reads it, with the least that its adapter needs to be allowed. */
export function links(sources: LinkSources): Links {
  const linkables = linkablesOf(sources);
  const allowed = grantsOf(sources);
  const named = Object.entries(resourcesOf).map(([port, { required, optional = [] }]) => {
    const missing = required.find((name) => linkables[name] === undefined);
    if (missing !== undefined) throw new Error(`The port "${port}" needs the resource ${missing}, which stacks/links.ts does not link.`);
    const found = [...required, ...optional].map((name) => linkables[name]).filter((link) => link !== undefined);
    return [port, { links: found, grants: allowed[port as PortName] }] as const;
  });
  const tokens = [linkables["SigningKeys"], linkables["Addresses"]].filter((link) => link !== undefined);
  return {
    ports: Object.fromEntries(named) as unknown as Links["ports"],
    tokens,
    only: (name) => [linkables[name]].filter((link) => link !== undefined),
  };
}

function linkablesOf({ place, stores, queues, secrets, socketApi, addresses }: LinkSources) {
  const link = (name: string, properties: Record<string, unknown>) => new sst.Linkable(`${place.prefix}${name}`, { properties });
  const made: Partial<Record<ResourceName, PortLinks["links"][number]>> = {
    Database: link("Database", stores.database.properties),
    Cache: link("Cache", stores.cache.properties),
    Uploads: link("Uploads", { name: stores.media.bucket }),
    Connections: link("Connections", { name: stores.connections.name }),
    Socket: link("Socket", { managementEndpoint: socketApi.managementEndpoint }),
    Mail: link("Mail", stores.mail.properties),
    Push: link("Push", stores.push.properties),
    Addresses: link("Addresses", { ...addresses, vapidPublicKey: stores.push.properties.vapid.publicKey }),
    MasterSecret: secrets.masterSecret,
    SigningKeys: secrets.signingKeys,
    ...(stores.search && { Search: link("Search", stores.search.properties) }),
    ...(stores.media.delivery && { Media: link("Media", stores.media.delivery) }),
  };
  const ofQueues = Object.entries(queues).flatMap(([name, { live, dead }]) => {
    const names = queueResources(name as QueueName);
    return [
      [names.live, link(names.live, { url: live.url })],
      [names.dead, link(names.dead, { url: dead.url })],
    ] as const;
  });
  return { ...made, ...Object.fromEntries(ofQueues) } as Readonly<Record<string, PortLinks["links"][number] | undefined>>;
}

function grantsOf({ stores, queues, socketApi }: LinkSources): Readonly<Record<PortName, Grant[]>> {
  const { media, connections, mail, push } = stores;
  const live = Object.values(queues).map((queue) => queue.live.arn);
  const dead = Object.values(queues).map((queue) => queue.dead.arn);
  return {
    // These are reached through the network, with credentials of their own.
    db: [],
    cache: [],
    search: [],
    secrets: [],
    bus: [{ actions: ["sqs:SendMessage", "sqs:GetQueueAttributes"], resources: live }],
    deadLetters: [
      { actions: ["sqs:SendMessage", "sqs:GetQueueAttributes"], resources: live },
      {
        actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
        resources: dead,
      },
    ],
    storage: [
      { actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resources: [$interpolate`${media.arn}/*`] },
      // Without it S3 answers "forbidden" where an object is missing.
      { actions: ["s3:ListBucket"], resources: [media.arn] },
    ],
    connections: [
      {
        actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"],
        resources: [connections.arn, $interpolate`${connections.arn}/index/*`],
      },
    ],
    sockets: [
      { actions: ["execute-api:ManageConnections"], resources: [$interpolate`${socketApi.nodes.api.executionArn}/*/*/@connections/*`] },
    ],
    mail: [{ actions: ["ses:SendEmail"], resources: mail.arns }],
    push: push.grants,
    vision: [{ actions: ["rekognition:DetectModerationLabels"], resources: ["*"] }],
    judge: [],
  };
}
