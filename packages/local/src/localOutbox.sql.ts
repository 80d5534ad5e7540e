import type { JSONValue } from "postgres";
import type { Db } from "@pendo/core/ports/db/db";

interface Entry {
  readonly id: string;
  readonly kind: "mail" | "push";
  readonly recipient: string;
  readonly content: JSONValue;
  readonly at: Date;
}

/** Keeps what would have been sent. Does nothing where the id is kept already. */
export async function insert(db: Db, { id, kind, recipient, content, at }: Entry): Promise<void> {
  await db`
    insert into local_outbox (id, kind, recipient, content, sent_at)
    values (${id}, ${kind}, ${recipient}, ${db.json(content)}, ${at})
    on conflict (id) do nothing`;
}

/** Deletes all of a kind but the newest `keptMax`. */
export async function trim(db: Db, kind: Entry["kind"], keptMax: number): Promise<void> {
  await db`
    delete from local_outbox where kind = ${kind} and (sent_at, id) <= (
      select sent_at, id from local_outbox where kind = ${kind} order by sent_at desc, id desc offset ${keptMax} limit 1)`;
}
