import type { Queryable } from "../ports/db/db.ts";
import type { EpochId } from "./cursor.ts";

/** Begins an epoch, and forgets those that are older than the newest `keep`. */
export async function begin(sql: Queryable, { id, at, keep }: { id: EpochId; at: Date; keep: number }): Promise<void> {
  await sql`
    with begun as (
      insert into epochs (number, id, begun_at) select max(number) + 1, ${id}, ${at} from epochs
    ), kept as (
      select number from epochs order by number desc offset ${keep - 1} limit 1
    )
    delete from epochs using kept where epochs.number <= kept.number`;
}
