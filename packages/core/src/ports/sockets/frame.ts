import { Fault } from "../../fault.ts";

/** The largest frame that API Gateway passes on to a client; every host keeps to it. */
export const SENT_BYTES_MAX = 128 * 1024;

/** Throws `input.tooLarge` for a frame no socket may carry: sending it again would not help. */
export function assertSendable(frame: string): void {
  const bytes = Buffer.byteLength(frame);
  if (bytes > SENT_BYTES_MAX) throw new Fault("input.tooLarge", { cause: new Error(`The frame has ${bytes} bytes.`) });
}
