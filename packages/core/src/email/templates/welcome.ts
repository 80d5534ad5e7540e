import { languageOf, render, type Rendered } from "./layout.ts";

/** The first letter to somebody who has just registered. */
export function welcome({ locale }: { readonly locale: string }): Rendered {
  return render(
    {
      subject: "Welcome to Pendo",
      preview: "Three steps, and others can find you.",
      heading: "Good to have you",
      blocks: [
        {
          kind: "words",
          text: "Three steps are left until others can find you: add a photo, say a few words about yourself, and tell roughly where you are.",
        },
        {
          kind: "words",
          text: "Nobody sees exactly where you are, only about how far away. You can block or report anybody at any time, and they never learn of it.",
        },
      ],
      footer: "You get this letter once, because you registered with this address.",
    },
    languageOf(locale),
  );
}
