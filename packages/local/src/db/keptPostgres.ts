import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from "./embeddedPostgres.ts";

export interface KeptPostgresOptions extends EmbeddedPostgresOptions {
  /** Told when the server ended by itself and is back, or why it does not come back yet; it is tried again either way. */
  readonly onFall?: (news: { readonly isBack: boolean; readonly problem?: unknown }) => void;
}

const retryMsMax = 5_000;

/**
 * A server that is started again whenever it ends without having been asked to: on a machine of its own nobody else would do it. Its
 * address stays the same, so clients connect again by themselves. The first start throws as `startPostgres` does.
 */
export async function keepPostgres(options: KeptPostgresOptions): Promise<Pick<EmbeddedPostgres, "url" | "stop"> & { pid(): number }> {
  let server = await startPostgres(options);
  const asked = new AbortController();
  const keeping = keep();

  async function keep(): Promise<void> {
    for (let failures = 0; ;) {
      await server.ended;
      if (asked.signal.aborted) return;
      try {
        server = await startPostgres(options);
        failures = 0;
        options.onFall?.({ isBack: true });
      } catch (problem) {
        options.onFall?.({ isBack: false, problem });
        await sleep(Math.min(100 * 2 ** failures++, retryMsMax), undefined, { signal: asked.signal }).catch(() => undefined);
      }
    }
  }

  return {
    url: (database) => server.url(database),
    pid: () => server.pid,
    stop: async () => {
      asked.abort();
      // It may be on its way back at this moment: then the one that comes back is stopped.
      let last: EmbeddedPostgres | undefined;
      while (last !== server) {
        last = server;
        await last.stop();
        await keeping;
      }
    },
  };
}
