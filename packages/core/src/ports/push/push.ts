import type { PushPlatform } from "@pendo/contract/pushToken";

export interface PushNote {
  readonly platform: PushPlatform;
  /** The device's token, or a web push subscription as JSON. */
  readonly token: string;
  readonly title: string;
  readonly body: string;
  /** A later note with the same key replaces an earlier one on the device. */
  readonly collapseKey: string;
  /** What the app's icon shows: the user's unread messages, as `counts.unread` of `GET /v1/sync`. */
  readonly badge: number;
  /** Groups notes on the device: the conversation that it is about, else its kind. */
  readonly threadId: string;
  /** Where tapping leads: ids only. */
  readonly data: Readonly<Record<string, string>>;
}

/** Mobile and web push. */
export interface Push {
  /** "gone": the token is good for nothing any more, forget it. Throws where sending may be tried again. */
  send(note: PushNote): Promise<"sent" | "gone">;
}
