import type { Db } from "@pendo/core/ports/db/db";

/** How many events and jobs wait: those that are due, and those that wait on purpose, such as a push for a user who may still read the message. */
export async function countWaiting(db: Db): Promise<{ readonly due: number; readonly later: number }> {
  const [row] = await db<{ due: number; later: number }[]>`
    select (select count(*) from outbox)::int + count(*) filter (where start_after <= now())::int as due,
      count(*) filter (where start_after > now())::int as later
    from queue.job where state < 'completed' and name not like '%.dead'`;
  return row ?? { due: 0, later: 0 };
}

/** Deletes the events that the bare server wrote: nothing relays them there, and the host must not do it instead while it is measured. */
export async function dropEvents(db: Db): Promise<void> {
  await db`truncate outbox`;
}
