import type { Db } from "@pendo/core/ports/db/db";

/** Waits until no fact and no message is waiting; answers how many seconds that took. A run that leaves work behind is not done when it ends. */
export async function drained(db: Db): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const [row] = await db<{ left: number }[]>`
      select (select count(*) from outbox)::int + (select count(*) from queue.job where state < 'completed' and name not like '%.dead')::int as left`;
    if (!row?.left) return (performance.now() - startedMs) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Takes away what the bare server wrote: nobody relays it there, and the host must not do it instead while it is measured. */
export async function dropFacts(db: Db): Promise<void> {
  await db`truncate outbox`;
}
