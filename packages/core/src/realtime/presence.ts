import type { UserId } from "@pendo/contract/ids";
import { PUSH_HOLD_SEC } from "@pendo/contract/notification";
import { SOCKET_IDLE_SEC, SOCKET_LIFE_SEC } from "@pendo/contract/sockets";
import { Fault } from "../fault.ts";
import { holdsPushes } from "../notifications/pushes.sql.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import { sendToUser, written } from "./frames.ts";
import { matchedWith } from "./realtime.sql.ts";

/** A socket that is neither used nor closed properly stops counting after this time. */
const ONLINE_SEC = SOCKET_IDLE_SEC + 60;
/** Of somebody with very many matches, those of the newest activity hear about a change. */
const WATCHERS_MAX = 500;

type Announcing = Uses<"db" | "bus" | "cache" | "connections" | "sockets">;

/** The user has a socket open. Whoever watches hears of it if there was none before. */
export async function arrive(ports: Announcing, userId: UserId): Promise<void> {
  if (await ports.cache.claim(onlineKey(userId), "1", ONLINE_SEC)) await announce(ports, userId, true);
  else await stay(ports, userId);
}

/** The user's socket is alive. */
export async function stay({ cache }: Pick<Ports, "cache">, userId: UserId): Promise<void> {
  await cache.set(onlineKey(userId), "1", ONLINE_SEC);
}

/** One of the user's sockets has closed. If it was the last, those who watch see it, and a push that was held leaves. */
export async function leave(ports: Announcing, userId: UserId): Promise<void> {
  if ((await ports.connections.ofUser(userId)).length > 0) return;
  await ports.cache.remove(onlineKey(userId));
  const before = new Date(ports.clock.now().getTime() + PUSH_HOLD_SEC * 1000);
  await ports.db.begin(async (tx) => {
    if (await holdsPushes(tx, { userId, before })) await ports.bus.emit(tx, "socket.lost", { userId }, { actor: userId });
  });
  await announce(ports, userId, false);
}

/** Sockets of these users were found gone: a connection that died without a farewell. */
export async function leaveAll(ports: Announcing, userIds: ReadonlySet<UserId>): Promise<void> {
  await Promise.all([...userIds].map((userId) => leave(ports, userId)));
}

/**
 * From now on the user hears when one of these comes or goes, and now how they stand.
 * @throws {Fault} `user.notFound`: the user is not matched with each of them
 */
export async function watch(
  { db, cache }: Pick<Ports, "db" | "cache">,
  { userId, targetIds }: { userId: UserId; targetIds: readonly UserId[] },
): Promise<{ userId: UserId; online: boolean }[]> {
  const wanted = [...new Set(targetIds)];
  const matched = await matchedWith(db, { userId, among: wanted, limit: wanted.length });
  if (matched.length < wanted.length) throw new Fault("user.notFound");
  await Promise.all(wanted.map((targetId) => cache.set(watchKey(targetId, userId), "1", SOCKET_LIFE_SEC)));
  const online = await cache.getMany(wanted.map(onlineKey));
  return wanted.map((targetId, i) => ({ userId: targetId, online: (online[i] ?? null) !== null }));
}

/** From now on the user no longer sees when these users come or go. Users who were not watched do no harm. */
export async function unwatch(
  { cache }: Pick<Ports, "cache">,
  { userId, targetIds }: { userId: UserId; targetIds: readonly UserId[] },
): Promise<void> {
  await cache.remove(...targetIds.map((targetId) => watchKey(targetId, userId)));
}

/** Ends what two people see of each other: whoever was watching sees the other go, and nothing after. */
export async function part(ports: Pick<Ports, "cache" | "connections" | "sockets">, a: UserId, b: UserId): Promise<void> {
  const directions: readonly [UserId, UserId][] = [
    [a, b],
    [b, a],
  ];
  await Promise.all(
    directions.map(async ([watcherId, targetId]) => {
      if ((await ports.cache.take(watchKey(targetId, watcherId))) === null) return;
      await sendToUser(ports, watcherId, [written({ type: "presence.changed", data: { userId: targetId, online: false } })]);
    }),
  );
}

// Who watches is kept by pair, and asked of those alone who are matched now: a list would outlive a block.
async function announce(ports: Announcing, userId: UserId, online: boolean): Promise<void> {
  const matched = await matchedWith(ports.db, { userId, limit: WATCHERS_MAX });
  if (matched.length === 0) return;
  const watching = await ports.cache.getMany(matched.map((watcherId) => watchKey(userId, watcherId)));
  const watchers = matched.filter((_, i) => (watching[i] ?? null) !== null);
  const frame = written({ type: "presence.changed", data: { userId, online } });
  await Promise.all(watchers.map(async (watcherId) => await leaveAll(ports, await sendToUser(ports, watcherId, [frame]))));
}

/** Which of these have a socket open, as far as the cache knows. */
export async function onlineAmong({ cache }: Pick<Ports, "cache">, userIds: readonly UserId[]): Promise<Set<UserId>> {
  if (userIds.length === 0) return new Set();
  const online = await cache.getMany(userIds.map(onlineKey));
  return new Set(userIds.filter((_, i) => (online[i] ?? null) !== null));
}

function onlineKey(userId: UserId): string {
  return `online:${userId}`;
}

function watchKey(targetId: UserId, watcherId: UserId): string {
  return `watch:${targetId}:${watcherId}`;
}
