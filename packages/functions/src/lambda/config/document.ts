import * as z from "zod";

const time = z.iso.datetime();

/** What a backup of the configuration holds. The states that it names lie beside it, each under `state/` and its own key. */
export const BackupDocument = z.strictObject({
  version: z.literal(1, "is of another version than this command reads"),
  app: z.string().min(1),
  stage: z.string().min(1),
  takenAt: time,
  /** Parameters that are no secrets, with their values. */
  parameters: z.array(
    z.strictObject({
      name: z.string().min(1),
      type: z.enum(["String", "StringList"]),
      value: z.string(),
      version: z.int(),
      changedAt: time.nullable(),
    }),
  ),
  /** Secrets, and parameters that are: that there were any, and which version; never what they hold. */
  secrets: z.array(
    z.strictObject({
      store: z.enum(["parameters", "secretsManager"]),
      name: z.string().min(1),
      version: z.string(),
      changedAt: time.nullable(),
    }),
  ),
  states: z.array(z.strictObject({ key: z.string().min(1), bytes: z.int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
export type BackupDocument = z.infer<typeof BackupDocument>;

/** Where a state lies beside its document. */
export function stateCopyKey(key: string): string {
  return `state/${key}`;
}
