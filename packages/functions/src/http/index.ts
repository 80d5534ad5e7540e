import type * as nouns from "@pendo/contract/routes/index";
import type { HandleNoun } from "../middleware/handles.ts";
import { handlers as admin } from "./admin.ts";
import { handlers as auth } from "./auth.ts";
import { handlers as blocks } from "./blocks.ts";
import { handlers as boosts } from "./boosts.ts";
import { handlers as conversations } from "./conversations.ts";
import { handlers as devices } from "./devices.ts";
import { handlers as discovery } from "./discovery.ts";
import { handlers as docs } from "./docs.ts";
import { handlers as likes } from "./likes.ts";
import { handlers as location } from "./location.ts";
import { handlers as matches } from "./matches.ts";
import { handlers as me } from "./me.ts";
import { handlers as media } from "./media.ts";
import { handlers as messages } from "./messages.ts";
import { handlers as notificationPreferences } from "./notificationPreferences.ts";
import { handlers as notifications } from "./notifications.ts";
import { handlers as ops } from "./ops.ts";
import { handlers as preferences } from "./preferences.ts";
import { handlers as profiles } from "./profiles.ts";
import { handlers as prompts } from "./prompts.ts";
import { handlers as quotas } from "./quotas.ts";
import { handlers as realtime } from "./realtime.ts";
import { handlers as reports } from "./reports.ts";
import { handlers as sessions } from "./sessions.ts";
import { handlers as swipes } from "./swipes.ts";
import { handlers as sync } from "./sync.ts";
import { handlers as travel } from "./travel.ts";
import { handlers as unsubscribe } from "./unsubscribe.ts";
import { handlers as wellKnown } from "./wellKnown.ts";

/** A noun without handlers, or handlers without a noun, does not compile. */
export const http = {
  admin,
  auth,
  blocks,
  boosts,
  conversations,
  devices,
  discovery,
  docs,
  likes,
  location,
  matches,
  me,
  media,
  messages,
  notificationPreferences,
  notifications,
  ops,
  preferences,
  profiles,
  prompts,
  quotas,
  realtime,
  reports,
  sessions,
  swipes,
  sync,
  travel,
  unsubscribe,
  wellKnown,
} satisfies { readonly [N in keyof typeof nouns]: HandleNoun<(typeof nouns)[N]> };
