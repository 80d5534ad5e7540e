import * as z from "zod";
import { Change } from "../change.ts";
import { pageInput } from "../page.ts";
import { route } from "../route.ts";

export const sync = route({
  at: "GET /v1/sync",
  summary: "List what changed for you since a cursor",
  description: "Without a cursor, the list begins with the oldest change.",
  auth: "user",
  input: z.strictObject(pageInput(200, 100)),
  output: z.object({
    /** One change per object, in the order of the objects' last changes. */
    changes: z.array(Change),
    cursor: z.string(),
    /** Whether there are more changes after the cursor. */
    hasMore: z.boolean(),
    counts: z.object({ unread: z.int(), likes: z.int() }),
  }),
  fails: ["sync.cursorInvalid"],
  limit: "read",
  needs: ["db", "storage", "secrets"],
});
