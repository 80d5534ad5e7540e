import type { UserId } from "@pendo/contract/ids";
import { type EmailKind, emailKinds, type PushKind, pushKinds } from "@pendo/contract/notification";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { find, merge, type PrefsRow } from "./notificationPreferences.sql.ts";

export interface NotificationPreferences {
  readonly push: Record<PushKind, boolean>;
  readonly email: Record<EmailKind, boolean>;
  /** HH:MM in the user's time zone. Both are set, or neither is. */
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
}

export interface Change {
  readonly userId: UserId;
  readonly push?: { readonly [K in PushKind]?: boolean | undefined } | undefined;
  readonly email?: { readonly [K in EmailKind]?: boolean | undefined } | undefined;
  readonly quietFrom?: string | null | undefined;
  readonly quietTo?: string | null | undefined;
}

/** What a user is told about. Everything is on, and nothing waits, until they say otherwise. */
export async function get({ db }: Uses<"db">, { userId }: { readonly userId: UserId }): Promise<NotificationPreferences> {
  return present(await find(db, userId));
}

/**
 * Changes what is given, and nothing else.
 * @throws {Fault} `input.invalid`: one end of the quiet hours would be left without the other, or both would be the same time
 */
export async function update(
  { db, clock }: Uses<"db">,
  { userId, push, email, quietFrom, quietTo }: Change,
): Promise<NotificationPreferences> {
  return await db.begin(async (tx) => {
    const row = await merge(tx, { userId, push: definedSwitches(push), email: definedSwitches(email), quietFrom, quietTo }, clock.now());
    if (row && (row.quietFrom === null) !== (row.quietTo === null)) {
      throw new Fault("input.invalid", {
        fields: { [row.quietFrom === null ? "/quietFrom" : "/quietTo"]: "is missing: quiet hours have two ends" },
      });
    }
    if (row && row.quietFrom !== null && row.quietFrom === row.quietTo) {
      throw new Fault("input.invalid", { fields: { "/quietTo": "is the same time as quietFrom" } });
    }
    return present(row);
  });
}

function definedSwitches<Kind extends string>(
  switches: { readonly [K in Kind]?: boolean | undefined } = {},
): Partial<Record<Kind, boolean>> {
  return Object.fromEntries(Object.entries(switches).filter(([, on]) => on !== undefined)) as Partial<Record<Kind, boolean>>;
}

function present(row: PrefsRow | undefined): NotificationPreferences {
  return {
    push: switches(pushKinds, row?.push),
    email: switches(emailKinds, row?.email),
    quietFrom: row?.quietFrom?.slice(0, 5) ?? null,
    quietTo: row?.quietTo?.slice(0, 5) ?? null,
  };
}

function switches<Kind extends string>(kinds: readonly Kind[], chosen: Partial<Record<Kind, boolean>> = {}): Record<Kind, boolean> {
  return Object.fromEntries(kinds.map((kind) => [kind, chosen[kind] ?? true])) as Record<Kind, boolean>;
}
