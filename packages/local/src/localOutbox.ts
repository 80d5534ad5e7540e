import type { JSONValue } from "postgres";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { Db } from "@pendo/core/ports/db/db";
import * as sql from "./localOutbox.sql.ts";

export interface LocalOutbox {
  /** Keeps what would have been sent; the same id is kept once. */
  keep(entry: { id: string; recipient: string; content: JSONValue }): Promise<void>;
}

const KEPT_MAX = 10_000;
/** How many may come on top before the oldest are deleted, so that a seeding run does not sort ten thousand rows for every letter. */
const SLACK = 500;

/** Mail and pushes of a deployment that has no provider: rows that the local console shows, the newest ten thousand of a kind. */
export function localOutbox({ db, clock }: { db: Db; clock: Clock }, kind: "mail" | "push", keptMax: number = KEPT_MAX): LocalOutbox {
  // The first write after a start trims too: a process that is restarted often would otherwise never do it.
  let untrimmed = SLACK;
  return {
    async keep({ id, recipient, content }) {
      await sql.insert(db, { id, kind, recipient, content, at: clock.now() });
      untrimmed += 1;
      if (untrimmed <= SLACK) return;
      untrimmed = 0;
      await sql.trim(db, kind, keptMax);
    },
  };
}
