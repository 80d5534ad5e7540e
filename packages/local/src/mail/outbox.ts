import { localOutbox } from "../localOutbox.ts";
import type { Uses } from "@pendo/core/ports/ports";
import type { Mail } from "@pendo/core/ports/mail/mail";

/** Mail that stays here, readable at the local console. The letter's id is the row's key, so a retry is kept once. */
export function outboxMail(ports: Uses<"db">): Mail {
  const outbox = localOutbox(ports, "mail");
  return {
    send: ({ id, to, ...content }) => outbox.keep({ id, recipient: to, content }),
  };
}
