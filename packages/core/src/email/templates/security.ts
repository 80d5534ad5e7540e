import { languageOf, render, type Rendered, timeIn, withoutLink } from "./layout.ts";

/** Tells somebody that a session was ended because its token came twice. */
export function security({
  deviceName,
  at,
  locale,
}: {
  readonly deviceName: string | null;
  readonly at: Date;
  readonly locale: string;
}): Rendered {
  const language = languageOf(locale);
  return render(
    {
      subject: "We signed one of your devices out",
      preview: "Somebody may have copied its sign-in.",
      heading: "We signed one of your devices out",
      blocks: [
        {
          kind: "words",
          text: "The sign-in of this device was used twice. That can happen when somebody has copied it, so we ended it everywhere.",
        },
        {
          kind: "facts",
          items: [
            ["Device", withoutLink(deviceName) ?? "a device without a name"],
            ["When", timeIn(language, at)],
          ],
        },
        {
          kind: "words",
          text: "Sign in again on your device. If you don't know it, look through your devices in Pendo's settings and sign out those that are not yours.",
        },
      ],
      footer: "You always get letters about the safety of your account.",
    },
    language,
  );
}
