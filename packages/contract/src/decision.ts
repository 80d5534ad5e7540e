import * as z from "zod";

/** What a decision is about. */
export const DecisionSubject = z.enum(["media", "profileText", "message", "account"]);
export type DecisionSubject = z.infer<typeof DecisionSubject>;

/** What a decision does to its subject. */
export const Restriction = z.enum(["removed", "hidden", "suspended", "none"]);
export type Restriction = z.infer<typeof Restriction>;
