import { defaultStackParser, makeNodeTransport, NodeClient, Scope } from "@sentry/aws-serverless";
import type { Line } from "../middleware/observer.ts";
import type { Bug } from "./bug.ts";
import { debugIdsOf } from "./debugIds.ts";

type ClientOptions = ConstructorParameters<typeof NodeClient>[0];
type SentEvent = Parameters<NonNullable<ClientOptions["beforeSend"]>>[0];

export interface SentryOptions {
  readonly dsn: string;
  readonly environment: string;
  readonly release: string;
  readonly transport?: ClientOptions["transport"];
}

export interface SentrySender {
  send(bug: Bug, about: Line): void;
  /** Resolves when everything has left, or after two seconds. */
  flush(): Promise<void>;
}

const FLUSH_MS = 2_000;

/** A client of Sentry that sends what we give it and gathers nothing: no requests, no breadcrumbs, no users, no variables, no source. */
export function sentrySender({ dsn, environment, release, transport = makeNodeTransport }: SentryOptions): SentrySender {
  const client = new NodeClient({
    dsn,
    environment,
    release,
    transport,
    stackParser: defaultStackParser,
    integrations: [],
    maxBreadcrumbs: 0,
    sendDefaultPii: false,
    sendClientReports: false,
    enableLogs: false,
    beforeSend: scrubbed,
  });
  client.init();
  return {
    send: (bug, about) => {
      const scope = new Scope();
      for (const [key, value] of Object.entries(about)) scope.setTag(key, value);
      if (bug.code !== null) scope.setTag("code", bug.code);
      // A copy, whose message and frames are what the log has.
      const copy = new Error(bug.message);
      copy.name = bug.type;
      copy.stack = `${bug.type}: ${bug.message}\n${bug.stack}`;
      if (bug.causes) scope.setExtra("causes", bug.causes);
      client.captureException(copy, undefined, scope);
    },
    flush: async () => void (await client.flush(FLUSH_MS)),
  };
}

/** Keeps what is named here and drops the rest, so that no version of the library can add something. */
function scrubbed(event: SentEvent): SentEvent {
  const values = (event.exception?.values ?? []).map(({ type, value = "", stacktrace }) => ({
    type,
    value,
    stacktrace: {
      frames: (stacktrace?.frames ?? []).map((frame) => pick(frame, ["filename", "function", "lineno", "colno", "module", "in_app"])),
    },
  }));
  const kept = pick(event, ["event_id", "timestamp", "platform", "level", "tags", "release", "environment", "sdk"]);
  const images = debugIdsOf(values.flatMap(({ stacktrace }) => stacktrace.frames.map(({ filename }) => filename)));
  return { ...kept, exception: { values }, debug_meta: { images }, extra: pick(event.extra ?? {}, ["causes"]) } as SentEvent;
}

function pick<Whole extends object, Key extends keyof Whole>(whole: Whole, keys: readonly Key[]): Partial<Whole> {
  return Object.fromEntries(keys.filter((key) => whole[key] !== undefined).map((key) => [key, whole[key]])) as unknown as Partial<Whole>;
}
