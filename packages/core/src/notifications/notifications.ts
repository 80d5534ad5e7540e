import type { NotificationId, UserId } from "@pendo/contract/ids";
import type { Notification } from "@pendo/contract/notification";
import { TimeKey } from "../cursor.ts";
import { Fault } from "../fault.ts";
import { type Page, type PageWanted, readPage, rowsAlone } from "../list.ts";
import { append } from "../log/log.sql.ts";
import type { Uses } from "../ports/ports.ts";
import * as sql from "./notifications.sql.ts";

/** A page of a user's notifications, last updated first. */
export async function list({ db }: Uses<"db">, { userId, ...page }: PageWanted & { readonly userId: UserId }): Promise<Page<Notification>> {
  return await readPage(page, TimeKey, {
    skeleton: (after, limit) => sql.select(db, { userId, after, limit }),
    keyOf: ({ updatedAt, id }) => [updatedAt.toISOString(), id],
    ...rowsAlone,
    present,
  });
}

/** Several at once; those that the list does not show are left out. */
export async function load(
  { db }: Pick<Uses<"db">, "db">,
  wanted: { readonly userId: UserId; readonly ids: readonly NotificationId[] },
): Promise<Notification[]> {
  return (await sql.selectMany(db, wanted)).map(present);
}

function present(row: sql.NotificationRow): Notification {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    readAt: row.readAt?.toISOString() ?? null,
  };
}

export interface Read {
  readonly userId: UserId;
  readonly ids?: readonly NotificationId[] | undefined;
  /** RFC 3339. */
  readonly upTo?: string | undefined;
}

/**
 * Marks some as read, or all up to a time; a push that was still to come of one of them never comes. Answers how many it changed.
 * @throws {Fault} `notification.notFound`: one of `ids` is not the user's: then none is marked
 * @throws {Fault} `input.invalid`: not exactly one of `ids` and `upTo` is given
 */
export async function markRead({ db, clock }: Uses<"db">, { userId, ids, upTo }: Read): Promise<{ readCount: number }> {
  if ((ids === undefined) === (upTo === undefined)) throw new Fault("input.invalid", { fields: { "/ids": "give either ids or upTo" } });
  const at = clock.now();
  const wanted = [...new Set(ids)];
  return await db.begin(async (tx) => {
    if (upTo === undefined && (await sql.countOwn(tx, { userId, ids: wanted })) < wanted.length) throw new Fault("notification.notFound");
    const read =
      upTo === undefined
        ? await sql.readByIds(tx, { userId, ids: wanted, at })
        : await sql.readUpTo(tx, { userId, upTo: new Date(upTo), at });
    await append(
      tx,
      read.map((id) => ({ userId, kind: "notification", ref: id })),
      at,
    );
    return { readCount: read.length };
  });
}
