import type { EventsTo, Envelope } from "@pendo/contract/events";
import { reindex } from "@pendo/core/discovery/indexing";
import type { HandleBatch } from "../middleware/handles.ts";

// The index is made to say what the database says, whatever the facts were: doing it twice, or late, does no harm.
export const handlers: HandleBatch<"search"> = {
  batch: (ctx, facts) =>
    reindex(
      ctx,
      facts.map((fact: Envelope<EventsTo<"search">>) => fact.data.userId),
    ),
};
