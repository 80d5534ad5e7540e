import type { DecisionSubject, Restriction } from "@pendo/contract/decision";
import type { ReportReason } from "@pendo/contract/report";
import { languageOf, render, type Rendered, timeIn } from "./layout.ts";

export interface DecisionLetter {
  readonly subjectKind: DecisionSubject;
  readonly restriction: Exclude<Restriction, "none">;
  readonly ground: string;
  readonly facts: string;
  readonly automatedDetection: boolean;
  readonly automatedDecision: boolean;
  readonly decidedAt: Date;
  /** Names the decision to whoever asks about it. */
  readonly decisionId: string;
  readonly locale: string;
}

const subjects = { media: "photo", profileText: "profile text", message: "message", account: "profile" } as const;
const done = { removed: "has been removed", hidden: "is hidden", suspended: "is suspended" } as const;
// What people may report, and what only our own checks look for.
const rules: Readonly<Record<ReportReason | "contactDetails" | "unreadable" | "nudity" | "violence" | "reports", string>> = {
  harassment: "No harassment",
  hate: "No hate",
  sexualContent: "No sexual content",
  threat: "No threats",
  scam: "No scams",
  spam: "No spam",
  fakeProfile: "Nobody pretends to be somebody else",
  minor: "Nobody under 18, and nothing about minors",
  selfHarm: "Nothing that invites to harm oneself",
  other: "The community rules",
  contactDetails: "No contact details or links where everybody can read them",
  unreadable: "Text that a reader can read",
  nudity: "No nudity",
  violence: "No violence",
  reports: "Several people reported something serious",
};

/** The statement of reasons for a restriction: what, why, on which facts, whether a machine decided, and what can be done (Digital Services Act, Article 17). */
export function decision(letter: DecisionLetter): Rendered {
  const language = languageOf(letter.locale);
  const what = `Your ${subjects[letter.subjectKind]} ${done[letter.restriction]}`;
  const found = letter.automatedDetection ? "found by an automated check" : "found by a person";
  const decided = letter.automatedDecision ? "decided automatically" : "decided by a person";
  return render(
    {
      subject: what,
      preview: "Why, and what you can do about it.",
      heading: what,
      blocks: [
        { kind: "words", text: "It breaks the community rules that you agreed to, as far as we can tell. These are the reasons:" },
        {
          kind: "facts",
          items: [
            ["Rule", isRule(letter.ground) ? rules[letter.ground] : letter.ground],
            ["What we saw", letter.facts],
            ["How", `It was ${found}, and ${decided}.`],
            ["When", timeIn(language, letter.decidedAt)],
            ["Where it holds", "Everywhere on Pendo, until it is lifted."],
            ["Decision", letter.decisionId],
          ],
        },
        {
          kind: "words",
          text: "If you think this is wrong, answer this letter: a person will look at it again, at no cost. You can also turn to a certified out-of-court dispute settlement body, or to a court.",
        },
      ],
      footer: "You always get a statement of reasons when we restrict something of yours.",
    },
    language,
  );
}

function isRule(ground: string): ground is keyof typeof rules {
  return Object.hasOwn(rules, ground);
}
