import type { Push } from "./push.ts";
import { snsPush } from "./sns.ts";
import type { SnsPushOptions } from "./sns.ts";
import { webPush } from "./webPush.ts";
import type { WebPushOptions } from "./webPush.ts";

/** Phones through SNS, browsers through their own push services. */
export function awsPush(options: { readonly sns: SnsPushOptions; readonly web: WebPushOptions }): Push {
  const [phones, browsers] = [snsPush(options.sns), webPush(options.web)];
  return { send: (note) => (note.platform === "web" ? browsers : phones).send(note) };
}
