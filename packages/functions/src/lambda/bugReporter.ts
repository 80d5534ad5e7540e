import type { Line } from "../middleware/observer.ts";
import type { Bug } from "./bug.ts";
import type { SentryOptions, SentrySender } from "./sentry.ts";

export interface BugReporter {
  /** Hands a bug to Sentry, where it is configured. It never throws. */
  report(bug: Bug, about: Line): Promise<void>;
  /** Resolves when everything has left, or after two seconds. */
  flush(): Promise<void>;
}

/** Reports bugs to Sentry. Its library is loaded with the first bug: it takes as long as all else that a function loads, and most meet none. */
export function bugReporter(sentry: SentryOptions | undefined, onFailure: (name: string) => void): BugReporter {
  let sender: Promise<SentrySender> | undefined;
  return {
    report: async (bug, about) => {
      if (!sentry) return;
      try {
        sender ??= import("./sentry.ts").then(({ sentrySender }) => sentrySender(sentry));
        (await sender).send(bug, about);
      } catch (error) {
        sender = undefined;
        onFailure(error instanceof Error ? error.name : "unknown");
      }
    },
    flush: async () => await (await sender)?.flush(),
  };
}
