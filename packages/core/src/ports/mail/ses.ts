import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { SESv2ClientConfig } from "@aws-sdk/client-sesv2";
import MailComposer from "nodemailer/lib/mail-composer";
import { boundedCalls, reached } from "../awsFailure.ts";
import type { Letter, Mail } from "./mail.ts";

export interface SesMailOptions {
  /** Such as `Pendo <hello@example.com>`; its domain is verified in SES. */
  readonly from: string;
  /** Where SES reports bounces and complaints. */
  readonly configurationSet?: string;
  /** Called for a letter that SES refuses for good, with the reason. It must not keep the address. */
  readonly onRejected: (letterId: string, reason: string) => void;
  readonly client?: SESv2ClientConfig;
}

// What SES refuses about one letter: no retry changes it. A suspended account or an unverified domain is not among
// these, since every letter would be lost until somebody notices: that is thrown, and dead letters raise an alarm.
const REFUSALS = new Set(["MessageRejected", "BadRequestException"]);

/**
 * Mail through SES. A letter that SES refuses for good counts as sent, after `onRejected`: retrying can't help, and throwing would stop
 * the letters that share a message with it. Throttling and outages throw `store.unavailable`, so that the queue retries.
 * SES has no idempotency key: a letter whose answer was lost may arrive twice, with the same `X-Letter-ID`.
 */
export function sesMail({ from, configurationSet, onRejected, client }: SesMailOptions): Mail {
  const ses = new SESv2Client({ ...boundedCalls, ...client });
  return {
    async send(letter) {
      const command = new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [letter.to] },
        Content: { Raw: { Data: await compose(letter, from) } },
        ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
      });
      try {
        await reached(ses.send(command));
      } catch (error) {
        if (!(error instanceof Error) || !REFUSALS.has(error.name)) throw error;
        onRejected(letter.id, error.name);
      }
    },
  };
}

/** The letter as MIME text: plain and HTML, with the headers that make mail programs show "unsubscribe" (RFC 8058). */
export async function compose(letter: Letter, from: string): Promise<Uint8Array> {
  const unsubscribe =
    letter.unsubscribeUrl === undefined
      ? {}
      : {
          "List-Unsubscribe": `<${letter.unsubscribeUrl}>`,
          "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        };
  const composer = new MailComposer({
    from,
    to: { name: "", address: letter.to },
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    headers: { "X-Letter-ID": letter.id, ...unsubscribe },
    // Nothing of a letter names a file or an address to load: what looks like one stays text.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
