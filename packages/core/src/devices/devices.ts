import type { DeviceId, UserId } from "@pendo/contract/ids";
import type { Uses } from "../ports/ports.ts";
import { type Binding, lockBindings, lockUser, makeRoom, remove, upsert } from "./devices.sql.ts";

/** As many installations of one user are pushed to; with one more, the one that was bound longest ago is forgotten. */
export const DEVICES_MAX = 20;

/** Binds a push token to an installation, as long as the session goes on. A token belongs to one user: the newest binding takes it over. */
export async function replacePushToken({ db, clock }: Uses<"db">, binding: Binding): Promise<void> {
  await db.begin(async (tx) => {
    await lockUser(tx, binding.userId);
    await lockBindings(tx, binding);
    await makeRoom(tx, binding, DEVICES_MAX);
    await upsert(tx, binding, clock.now());
  });
}

/** Ends pushes to an installation; nothing happens where there were none. */
export async function removePushToken({ db }: Uses<"db">, device: { readonly userId: UserId; readonly deviceId: DeviceId }): Promise<void> {
  await remove(db, device);
}
