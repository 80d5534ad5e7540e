import module, { createRequire } from "node:module";
import path from "node:path";
import { platform, platformModules } from "./places.ts";

// The little of Pulumi that an evaluation touches, typed here, because the package itself is there only after set-up.

export interface Pulumi {
  readonly runtime: {
    setMocks(mocks: Mocks, project: string, stack: string, preview: boolean, organization: string): Promise<void>;
    setAllConfig(config: Record<string, string>): void;
    getMonitor(): Monitor;
    deserializeProperties(properties: unknown): Record<string, unknown>;
    registerStackTransformation(transformation: (args: { type: string; name: string }) => undefined): void;
    runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
  };
}

export interface Mocks {
  call(args: { token: string; inputs: Record<string, unknown>; provider?: string }): Record<string, unknown>;
  newResource(args: MockedResource): { id: string; state: Record<string, unknown> };
}

export interface MockedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly provider?: string;
  readonly custom?: boolean;
  readonly id?: string;
}

export interface Monitor {
  registerResource(request: RegisterRequest, done: Done<RegisterResponse>): unknown;
  /** Looks at what somebody else manages: `Account.get(…)`. */
  readResource(request: { getType(): string; getName(): string }, done: Done<unknown>): unknown;
  registerResourceOutputs(request: OutputsRequest, done: Done<unknown>): unknown;
}

export type Done<Answer> = (error: Error | null, answer: Answer) => void;

export interface RegisterRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getParent(): string;
  getProvider(): string;
  getObject(): unknown;
  getProtect(): boolean | undefined;
  getRetainondelete(): boolean | undefined;
  getDeletebeforereplace(): boolean;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
  getPropertydependenciesMap(): { entries(): Iterable<[string, { getUrnsList(): string[] }]> };
}

export interface RegisterResponse {
  getUrn(): string;
  getId(): string;
  getObject(): unknown;
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): unknown;
}

/**
 * Loads the very copy of Pulumi that SST's components load. The lockfile of the platform nests further copies, which mocks would not reach, so every
 * `require` of it is answered with this one.
 */
export function loadPulumi(): Pulumi {
  const loader = module as unknown as { _resolveFilename(this: unknown, request: string, parent: unknown, ...rest: unknown[]): string };
  const resolve = loader._resolveFilename;
  const fromPlatform = { id: platform, filename: path.join(platform, "index.js"), paths: [platformModules] };
  loader._resolveFilename = function (request, parent, ...rest) {
    return resolve.call(this, request, /^@pulumi\/pulumi(\/|$)/.test(request) ? fromPlatform : parent, ...rest);
  };
  const require = createRequire(path.join(platform, "package.json"));
  // Dynamic providers are turned into text for an engine that would run them. There is none, and it takes a second.
  const closures = require(path.join(platformModules, "@pulumi/pulumi/runtime/closure/serializeClosure")) as { serializeFunction: unknown };
  closures.serializeFunction = () => Promise.resolve({ text: "offline", containsSecrets: false });
  return require(path.join(platformModules, "@pulumi/pulumi")) as Pulumi;
}
