import type * as nouns from "@pendo/contract/routes/index";
import type { HandleNoun } from "../middleware/handles.ts";
import { handlers as auth } from "./auth.ts";
import { handlers as location } from "./location.ts";
import { handlers as me } from "./me.ts";
import { handlers as media } from "./media.ts";
import { handlers as ops } from "./ops.ts";
import { handlers as preferences } from "./preferences.ts";
import { handlers as profiles } from "./profiles.ts";
import { handlers as prompts } from "./prompts.ts";
import { handlers as reports } from "./reports.ts";
import { handlers as sessions } from "./sessions.ts";
import { handlers as wellKnown } from "./wellKnown.ts";

/** A noun without handlers, or handlers without a noun, does not compile. */
export const http = {
  auth,
  location,
  me,
  media,
  ops,
  preferences,
  profiles,
  prompts,
  reports,
  sessions,
  wellKnown,
} satisfies { readonly [N in keyof typeof nouns]: HandleNoun<(typeof nouns)[N]> };
