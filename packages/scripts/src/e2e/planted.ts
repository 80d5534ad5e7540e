import { type Client, client } from "@pendo/client/client";
import type { ConversationId, SessionId, UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import { issue } from "@pendo/core/auth/accessTokens";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { Db } from "@pendo/core/ports/db/db";
import { localSecrets } from "@pendo/local/secrets/localSecrets";
import type { Secrets } from "@pendo/core/ports/secrets/secrets";
import { plant } from "../bench/plant.sql.ts";

/** Somebody who was written straight into the database, signed in as anybody else would be. */
export interface Planted {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly token: string;
  readonly client: Client;
}

export interface PlantedCouple {
  readonly conversationId: ConversationId;
  readonly ann: Planted;
  readonly bob: Planted;
}

/** Where a host keeps its things, and where it answers. */
export interface RunningHost {
  readonly dataDir: string;
  readonly url: string;
  readonly socketUrl: string;
  readonly db: Db;
  readonly clock: Clock;
}

/** The secrets of the host at this place, with which tests sign tokens as the host does. */
export async function secretsOf({ dataDir, url, socketUrl }: RunningHost): Promise<Secrets> {
  return await localSecrets(dataDir, { publicUrl: url, socketUrl });
}

type Who = Pick<Planted, "userId" | "sessionId">;

/** A token of the host's own making, for any user. */
export async function tokenFor(place: RunningHost, { userId, sessionId }: Who, clock: Clock = place.clock): Promise<string> {
  return (await issue({ secrets: await secretsOf(place), clock }, { roles: [], userId, sessionId })).accessToken;
}

/** A token of a user who has these staff roles from now on, and no others. */
export async function staffTokenFor(place: RunningHost, who: Who, roles: readonly StaffRole[]): Promise<string> {
  const { userId, sessionId } = who;
  const at = place.clock.now();
  await place.db`insert into sessions (id, user_id, created_at, last_used_at) values (${sessionId}, ${userId}, ${at}, ${at}) on conflict do nothing`;
  await place.db`delete from staff_roles where user_id = ${userId} and role <> all(${roles as StaffRole[]}::text[])`;
  for (const role of roles) {
    await place.db`insert into staff_roles (user_id, role, granted_at) values (${userId}, ${role}, ${at}) on conflict do nothing`;
  }
  return await tokenFor(place, who);
}

/** Many people at once, who can all be found by each other; joining one by one would take far longer than what is to be tried with them. */
export async function plantPeople(place: RunningHost, count: number): Promise<Planted[]> {
  const { users } = await plant(place.db, { users: count, conversations: 0 });
  return await signedIn(place, users);
}

/** People who are matched, two by two. */
export async function plantCouples(place: RunningHost, count: number): Promise<PlantedCouple[]> {
  const { users, conversations } = await plant(place.db, { users: 2 * count, conversations: count });
  const planted = new Map((await signedIn(place, users)).map((one) => [one.userId, one]));
  return conversations.map(({ conversationId, members: [a, b] }) => ({
    conversationId,
    ann: planted.get(a) as Planted,
    bob: planted.get(b) as Planted,
  }));
}

async function signedIn(place: RunningHost, users: readonly { userId: UserId; sessionId: SessionId }[]): Promise<Planted[]> {
  const at = place.clock.now();
  const rows = users.map(({ userId, sessionId }) => ({ id: sessionId, user_id: userId, created_at: at, last_used_at: at }));
  await place.db`insert into sessions ${place.db(rows)} on conflict do nothing`;
  const secrets = await secretsOf(place);
  return await Promise.all(
    users.map(async (user) => {
      const { accessToken: token } = await issue({ secrets, clock: place.clock }, { ...user, roles: [] });
      return { ...user, token, client: client({ baseUrl: place.url, tokens: { accessToken: token, refreshToken: "" } }) };
    }),
  );
}
