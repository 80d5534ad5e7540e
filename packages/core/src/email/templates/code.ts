import { languageOf, render, type Rendered } from "./layout.ts";

/** The letter with a sign-in code. The subject doesn't tell it: subjects show on locked screens. */
export function code({
  digits,
  goodForMin,
  locale,
}: {
  readonly digits: string;
  readonly goodForMin: number;
  readonly locale: string;
}): Rendered {
  return render(
    {
      subject: "Your Pendo code",
      preview: `It is good for ${goodForMin} minutes.`,
      heading: "Your sign-in code",
      blocks: [
        { kind: "code", text: digits },
        {
          kind: "words",
          text: `Enter it in Pendo within ${goodForMin} minutes. Don't give it to anybody: nobody at Pendo will ever ask you for it.`,
        },
      ],
      footer:
        "Somebody asked for this code with your address. If that was not you, you can ignore this letter: nothing happens without the code.",
    },
    languageOf(locale),
  );
}
