import { localOutbox } from "../localOutbox.ts";
import type { Uses } from "@pendo/core/ports/ports";
import type { Push } from "@pendo/core/ports/push/push";

/** Pushes that stay here, readable at the local console. Every note is kept, also those that a device would have collapsed. */
export function outboxPush(ports: Uses<"db">): Push {
  const outbox = localOutbox(ports, "push");
  return {
    async send({ token, ...content }) {
      await outbox.keep({ id: ports.ids.next(), recipient: token, content });
      return "sent";
    },
  };
}
