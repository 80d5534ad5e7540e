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

/** Several users who report one of these hide a profile until a moderator decides. */
export const seriousReasons = ["harassment", "hate", "sexualContent", "threat", "scam", "minor"] as const satisfies readonly ReportReason[];
