import { startPostgres } from "@pendo/core/ports/db/embeddedPostgres";

export interface SupervisedPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

const RESTARTS_MAX = 100;

/** The embedded server, started again whenever it ends by itself: clients reconnect with their next query. */
export async function supervisePostgres(options: {
  dataDir: string;
  mode: "durable" | "test";
  write: (line: string) => void;
}): Promise<SupervisedPostgres> {
  const { dataDir, mode, write } = options;
  let stopping = false;
  let server = await startPostgres({ dataDir, mode });
  const watch = async (): Promise<void> => {
    for (let restarts = 0; restarts < RESTARTS_MAX; restarts++) {
      await server.ended;
      if (stopping) return;
      write("PostgreSQL ended by itself; starting it again.");
      // Lets go of the data directory, which the ended server's lock still holds.
      await server.stop();
      server = await startPostgres({ dataDir, mode });
    }
  };
  const watching = watch().catch((error: unknown) => write(`PostgreSQL could not be started again: ${String(error)}`));
  return {
    url: server.url(),
    stop: async () => {
      stopping = true;
      await server.stop();
      await watching;
    },
  };
}
