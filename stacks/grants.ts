import type { PortName } from "@pendo/contract/ports";
import type { ResourceName } from "@pendo/functions/lambda/resources";

/** One thing that a role may do. A grant that is not here is not given: links carry no permissions of their own. */
export interface Grant {
  readonly actions: string[];
  readonly resources: $util.Input<string>[];
}

/** What a port brings along: the links its adapter reads, and what it may do with them. */
export interface PortLinks {
  readonly links: (sst.Linkable<Record<string, unknown>> | sst.Secret)[];
  readonly grants: Grant[];
}

export interface Links {
  readonly ports: Readonly<Record<PortName, PortLinks>>;
  /** What tells a token of ours, and no more: the port `secrets` holds the master secret besides. */
  readonly tokens: PortLinks["links"];
  /** The link of one resource, for what uses no port: none where the stage has no such resource. */
  readonly only: (name: ResourceName) => PortLinks["links"];
}
