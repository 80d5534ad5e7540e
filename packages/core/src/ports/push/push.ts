import type { PushPlatform } from "@pendo/contract/pushToken";

export interface PushNote {
  readonly platform: PushPlatform;
  /** The device's token, or a web push subscription as JSON. */
  readonly token: string;
  readonly title: string;
  readonly body: string;
  /** A later note with the same key replaces an earlier one on the device. */
  readonly collapseKey: string;
  /** Where tapping leads: ids only. */
  readonly data: Readonly<Record<string, string>>;
}

/** Mobile and web push. */
export interface Push {
  /** "gone": the token is good for nothing any more, forget it. Throws where sending may be tried again. */
  send(note: PushNote): Promise<"sent" | "gone">;
}
