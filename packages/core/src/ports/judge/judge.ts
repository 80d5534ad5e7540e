/** Where a text stands: all users read a profile; a message is read by one user, whom its sender is matched with. */
export type TextPlace = "profile" | "message";
export type TextReason = "hate" | "threat" | "minor" | "scam" | "sexualContent" | "contactDetails" | "unreadable";

export type TextVerdict =
  | { readonly state: "visible" }
  /** `rule` names the first rule that matched, for the statement of reasons and for those who improve the rules. */
  | { readonly state: "rejected"; readonly reason: TextReason; readonly rule: string };

export interface Judge {
  /**
   * The verdicts on the texts, in their order; null where there are none within `waitMs`. Null says nothing about the texts: never treat it as
   * a clean verdict. The caller's event loop goes on meanwhile.
   */
  verdicts(texts: readonly string[], place: TextPlace, waitMs: number): Promise<readonly TextVerdict[] | null>;
}
