import * as z from "zod";
import { Change } from "../change.ts";
import { pageInput } from "../page.ts";
import { route } from "../route.ts";

export const sync = route({
  at: "GET /v1/sync",
  summary: "What changed for you since a cursor; without one, from the beginning",
  auth: "user",
  input: z.strictObject(pageInput(200, 100)),
  output: z.object({
    /** One for each object, in the order of their last changes. */
    changes: z.array(Change),
    cursor: z.string(),
    /** Whether there is more after the cursor already. */
    hasMore: z.boolean(),
    counts: z.object({ unread: z.int(), likes: z.int() }),
  }),
  fails: ["sync.cursorInvalid"],
  limit: "read",
  needs: ["db", "storage", "secrets"],
});
