import type { Document, Evaluated, Resource } from "../evaluated.ts";
import { textAt } from "../read.ts";
import { account } from "./account.ts";
import { type Failure, failureOf } from "./failure.ts";
import { invokes } from "./invokes.ts";
import { plain } from "./plain.ts";
import type { Mocks, Monitor, Pulumi, RegisterRequest, RegisterResponse } from "./pulumi.ts";
import { shapeOf } from "./shape.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What was found out so far. */
export interface Recording {
  readonly resources: Writable<Resource>[];
  readonly invokes: Evaluated["invokes"][number][];
  readonly failures: Failure[];
  /** Resources that the program made, by type and name; one that never shows up among `resources` waits for something. */
  readonly made: Set<string>;
}

/** Answers for the engine and the providers, and writes down all that the engine would be told. */
export class Recorder {
  readonly recording: Recording = { resources: [], invokes: [], failures: [], made: new Set() };
  readonly #pulumi: Pulumi;
  readonly #defaultRegion: string;
  readonly #regionOfProvider = new Map<string, string>();
  /** Resources that exist already and were looked up: they are never registered. */
  readonly #found = new Set<string>();

  constructor(pulumi: Pulumi, defaultRegion: string) {
    this.#pulumi = pulumi;
    this.#defaultRegion = defaultRegion;
  }

  /** A failure, once: Pulumi tells again, in more words or in none, what a provider told it. */
  fail(thrown: unknown): void {
    const failure = failureOf(thrown);
    const isEcho = thrown instanceof Error && thrown.message === "" && this.recording.failures.length > 0;
    if (!isEcho && !this.recording.failures.some(({ line }) => failure.line.includes(line))) this.recording.failures.push(failure);
  }

  /** Must be awaited before the first resource. */
  async install(project: string, stage: string): Promise<void> {
    await this.#pulumi.runtime.setMocks(this.#mocks(), project, stage, false, "organization");
    const monitor = this.#pulumi.runtime.getMonitor();
    this.#watchResources(monitor);
    this.#watchOutputs(monitor);
    // What is only looked at is no resource of this stage, and waits for nothing.
    const read = monitor.readResource.bind(monitor);
    monitor.readResource = (request, done) => {
      this.recording.made.delete(`${request.getType()} ${request.getName()}`);
      return read(request, done);
    };
  }

  /** Must be called inside the stack. */
  watchConstructors(): void {
    this.#pulumi.runtime.registerStackTransformation(({ type, name }) => void this.recording.made.add(`${type} ${name}`));
  }

  /** The resources that were made and never registered, since something that they need did not resolve. */
  waiting(): string[] {
    const registered = new Set(this.recording.resources.map(({ type, name }) => `${type} ${name}`));
    return [...this.recording.made].filter((resource) => !registered.has(resource) && !this.#found.has(resource));
  }

  #mocks(): Mocks {
    return {
      call: ({ token, inputs, provider }) => {
        const region = this.#regionOf(provider);
        const asked = plain(inputs) as Document;
        this.recording.invokes.push({ token, inputs: asked, region });
        const answer = invokes[token];
        if (answer) return { ...inputs, ...answer({ inputs: asked, region, account }) };
        const error = new Error(
          `The configuration calls ${token}(${JSON.stringify(asked)}), which has no offline answer; add one to packages/infra/src/evaluate/invokes.ts`,
        );
        this.fail(error);
        throw error;
      },
      newResource: ({ type, name, inputs, provider, custom, id }) => {
        if (!custom) return { id: "", state: inputs };
        if (type.startsWith("pulumi:providers:")) return { id: `${name}-provider`, state: inputs };
        if (type.startsWith("pulumi-nodejs:dynamic")) {
          const { __provider, ...state } = inputs;
          return { id: `${name}-dynamic`, state };
        }
        if (id) this.#found.add(`${type} ${name}`);
        const given = plain(inputs) as Document;
        const region = textAt(given, "region") ?? this.#regionOf(provider);
        const shape = shapeOf({ type, name, inputs: given, region, account });
        return { id: id || shape.id, state: { ...shape.state, ...inputs, ...shape.computed } };
      },
    };
  }

  #regionOf(provider: string | undefined): string {
    return (provider && this.#regionOfProvider.get(provider)) || this.#defaultRegion;
  }

  #watchResources(monitor: Monitor): void {
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, done) =>
      register(request, (error, response) => {
        if (error) this.fail(new Error(`${request.getType()} ${request.getName()}: ${error.message}`));
        else this.recording.resources.push(this.#resource(request, response));
        done(error, response);
      });
  }

  #watchOutputs(monitor: Monitor): void {
    const register = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResourceOutputs = (request, done) => {
      const resource = this.recording.resources.find(({ urn }) => urn === request.getUrn());
      if (resource) resource.outputs = plain(this.#pulumi.runtime.deserializeProperties(request.getOutputs())) as Document;
      return register(request, done);
    };
  }

  #resource(request: RegisterRequest, response: RegisterResponse): Resource {
    const read = (properties: unknown): Record<string, unknown> => this.#pulumi.runtime.deserializeProperties(properties);
    const [type, custom] = [request.getType(), request.getCustom()];
    const secrets: string[] = [];
    const { __provider, ...inputs } = plain(read(request.getObject()), secrets) as Record<string, unknown>;
    if (type === "pulumi:providers:aws" && typeof inputs["region"] === "string")
      this.#regionOfProvider.set(`${response.getUrn()}::${response.getId()}`, inputs["region"]);
    const region = type.startsWith("aws:") ? (textAt(inputs, "region") ?? this.#regionOf(request.getProvider())) : undefined;
    const byProperty = [...request.getPropertydependenciesMap().entries()].map(([name, urns]) => [name, urns.getUrnsList()] as const);
    const ignoreChanges = request.getIgnorechangesList();
    return {
      urn: response.getUrn(),
      type,
      name: request.getName(),
      ...(response.getId() && { id: response.getId() }),
      custom,
      ...(request.getParent() && { parent: request.getParent() }),
      ...(region !== undefined && { region }),
      ...(request.getProvider() && { provider: request.getProvider() }),
      ...(request.getProtect() && { protect: true }),
      ...(request.getRetainondelete() && { retainOnDelete: true }),
      ...(request.getDeletebeforereplace() && { deleteBeforeReplace: true }),
      ...(ignoreChanges.length > 0 && { ignoreChanges }),
      dependsOn: request.getDependenciesList(),
      propertyDependencies: Object.fromEntries(byProperty.filter(([, urns]) => urns.length > 0)),
      secrets,
      inputs,
      outputs: custom ? (plain(read(response.getObject())) as Document) : {},
    };
  }
}
