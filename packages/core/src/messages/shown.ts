import type { UserId } from "@pendo/contract/ids";
import type { Message } from "@pendo/contract/message";
import { signedPhoto } from "../rules/photos.ts";
import type { Ports } from "../ports/ports.ts";
import type { MessageRow } from "./messages.sql.ts";

/** A message as this member may see it: nothing of what was deleted, and of what moderation hid only one's own. */
export async function presentMessage({ storage }: Pick<Ports, "storage">, row: MessageRow, viewerId: UserId): Promise<Message> {
  const { createdAt, editedAt, deletedAt, photo, text, edit, ...rest } = row;
  const seen = maySee(row, viewerId);
  return {
    ...rest,
    state: deletedAt ? "deleted" : row.state,
    text: seen ? text : null,
    photo: seen && photo ? await signedPhoto({ storage }, photo) : null,
    sentAt: createdAt.toISOString(),
    editedAt: editedAt?.toISOString() ?? null,
    ...(edit && seen && row.senderId === viewerId && { text: edit.text, editedAt: new Date(edit.editedAt).toISOString() }),
  };
}

/** Whether this member of its conversation may see what a message says. */
export function maySee(row: Pick<MessageRow, "deletedAt" | "state" | "senderId">, viewerId: UserId): boolean {
  return !row.deletedAt && (row.state === "visible" || row.senderId === viewerId);
}
