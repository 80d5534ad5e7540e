import * as z from "zod";

export const ReportReason = z.enum([
  "harassment",
  "hate",
  "sexualContent",
  "threat",
  "scam",
  "spam",
  "fakeProfile",
  "minor",
  "selfHarm",
  "other",
]);
export type ReportReason = z.infer<typeof ReportReason>;

/** What may not wait for a person: several people who report one of these pause a profile until it was looked at. */
export const seriousReasons = ["harassment", "hate", "sexualContent", "threat", "scam", "minor"] as const satisfies readonly ReportReason[];
