// What an evaluation finds out: the format of .sst/graph/<stage>.json.

/** JSON whose shape a provider decides. `read.ts` reads it. */
export interface Document {
  readonly [property: string]: unknown;
}

export interface Resource {
  readonly urn: string;
  /** Pulumi's type, as "aws:sqs/queue:Queue"; SST's components are "sst:aws:Queue". */
  readonly type: string;
  readonly name: string;
  /** Absent of components. */
  readonly id?: string;
  /** A resource of a provider, and not a component that groups some. */
  readonly custom: boolean;
  readonly parent?: string;
  /** Where a resource of AWS stands. */
  readonly region?: string;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
  /** URNs of all that this one waits for: what its properties were computed from, and `dependsOn`. */
  readonly dependsOn: readonly string[];
  /** The same by property. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Paths of the inputs that Pulumi's state encrypts. */
  readonly secrets: readonly string[];
  readonly inputs: Document;
  /** Computed properties of a resource; registered outputs of a component. */
  readonly outputs: Document;
}

/** A Lambda function as SST asked for its bundle. */
export interface FunctionBuild {
  /** The component's name. */
  readonly functionID: string;
  readonly handler: string;
  readonly runtime: string;
  /** What it is linked to, by name. */
  readonly links: Readonly<Record<string, Document>>;
  /** The `nodejs` options. */
  readonly properties: Document;
  readonly dev: boolean;
  /** With --bundle only. */
  readonly built?: Built;
}

export interface Built {
  /** All modules of the bundle, without source maps. */
  readonly bytes: number;
  /** The entry and what it imports statically, and so on: without them it is not even read. */
  readonly eagerBytes: number;
  /** The modules that were loaded by the time the entry could answer; the others come with the first request that needs them. */
  readonly startBytes: number;
  /** `startBytes` by npm package; "(app)" is ours. */
  readonly startBytesByPackage: Readonly<Record<string, number>>;
  /** Links that the entry read while it started. */
  readonly uses: readonly string[];
  /** Links that it did not read then, and that its code names: some functions read theirs with the first request. */
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

export interface Evaluated {
  readonly stage: string;
  readonly dev: boolean;
  /** The account that everything stands in. */
  readonly account: string;
  /** What app() answered. */
  readonly app: Document;
  readonly outputs: Document;
  readonly resources: readonly Resource[];
  readonly invokes: readonly { readonly token: string; readonly region: string; readonly inputs: Document }[];
  readonly functions: readonly FunctionBuild[];
  /** Names of the secrets that were asked for. */
  readonly secretsRead: readonly string[];
  /** Files that the program was made of, relative to the root. */
  readonly sources: readonly string[];
}
