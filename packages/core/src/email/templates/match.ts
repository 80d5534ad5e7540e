import { languageOf, render, type Rendered, withoutLink } from "./layout.ts";

export interface MatchLetter {
  readonly name: string | null;
  readonly locale: string;
  readonly unsubscribeUrl: string;
}

/** Tells somebody who has been away of a match. The subject keeps the name to itself. */
export function match({ name, locale, unsubscribeUrl }: MatchLetter): Rendered {
  const who = withoutLink(name)?.split(/\s+/)[0] ?? "Somebody you like";
  return render(
    {
      subject: "You have a new match on Pendo",
      preview: "It is mutual.",
      heading: `${who} likes you too`,
      blocks: [{ kind: "words", text: "You liked each other, so you can write to each other now. Open Pendo and say hello." }],
      footer: "You get letters about matches while you are away. The notification settings in Pendo end them, and so does this link:",
      link: { words: "Unsubscribe", url: unsubscribeUrl },
    },
    languageOf(locale),
  );
}
