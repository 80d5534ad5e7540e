import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { type FaultCode, faults } from "@pendo/contract/faults";
import { everyRoute } from "@pendo/contract/everyRoute";
import { faultsOf, type RouteSpec, staffRoles } from "@pendo/contract/route";
import { expect, test } from "vitest";
import { type ExpectedOutcome, authorization, type RouteName, type Row } from "./authorizationTable.ts";
import { plantPeople, staffTokenFor } from "./planted.ts";
import { type RawAnswer, rawCall, type RawRequest } from "./rawCall.ts";
import { type Relation, SCENE_PEOPLE, type Scene, setScene } from "./scene.ts";
import { world } from "./world.ts";

const here = world();
const roles = ["anonymous", "user", ...staffRoles] as const;
type Role = (typeof roles)[number];

interface Case {
  readonly role: Role;
  readonly relation: Relation;
  readonly expected: ExpectedOutcome;
}

test("every route answers every role and relation as its contract says, and whoever is refused changes nothing", async () => {
  const routes = everyRoute();
  const wrong: string[] = [];
  let asked = 0;
  const people = await plantPeople(here.place, SCENE_PEOPLE * routes.length);
  // A scene serves until something in it was changed.
  let scene: Scene | undefined;
  for (const { noun, name, spec } of routes) {
    const routeName = `${noun}.${name}` as RouteName;
    const row: Row = authorization[routeName];
    scene ??= await setScene(here.place, people.splice(0, SCENE_PEOPLE));
    await staffTokenFor(here.place, scene.me, []);
    await here.settled();
    const cases = casesOf(spec, row);
    for (const { expected } of cases) if (!isInContract(spec, expected)) wrong.push(`${routeName}: ${expected} is not in its contract`);

    const refused = cases.filter(({ expected }) => typeof expected === "string");
    const before = await everyRow();
    const bodies = new Map<string, string>();
    for (const one of refused) wrong.push(...complaints(routeName, one, await ask(scene, { spec, row }, one), bodies));
    await staffTokenFor(here.place, scene.me, []);
    for (const table of changed(before, await everyRow())) wrong.push(`${routeName}: what was refused changed ${table}`);
    // Roles add nothing to what a user may do, so what changes something is done by the user alone, whom nothing is left to be refused.
    const isRead = spec.at.startsWith("GET ");
    const granted = cases.filter(
      ({ expected, role }) => typeof expected === "number" && (isRead || role === "user" || spec.auth !== "user"),
    );
    for (const one of granted) wrong.push(...complaints(routeName, one, await ask(scene, { spec, row }, one), bodies));
    asked += refused.length + granted.length;
    // A deck that was read is a change too: its cards may be explained from then on.
    if ((!isRead || noun === "discovery") && granted.length > 0) scene = undefined;
  }
  process.stdout.write(`${asked} requests to ${routes.length} routes.\n`);
  expect(wrong.join("\n")).toBe("");
  expect(here.log).toEqual([]);
}, 600_000);

test("a message, a photo or a prompt of somebody else is not reached through a thing of one's own", async () => {
  const scene = await setScene(here.place, await plantPeople(here.place, SCENE_PEOPLE));
  const { own, stranger, matched, blocked } = scene.things;
  const { client } = scene.me;
  await here.settled();
  const before = await everyRow();
  const mixed = { conversationId: own.conversationId, messageId: stranger.messageId };
  const attempts: [() => Promise<unknown>, FaultCode][] = [
    [() => client.messages.update({ ...mixed, text: "Mine" }), "message.notFound"],
    [() => client.messages.remove(mixed), "message.notFound"],
    [() => client.messages.addReaction({ ...mixed, emoji: "🦊" }), "message.notFound"],
    [() => client.messages.removeReaction({ ...mixed, emoji: "🦊" }), "message.notFound"],
    [() => client.messages.update({ ...mixed, messageId: blocked.messageId, text: "Mine" }), "message.notFound"],
    [
      () =>
        client.messages.send({
          conversationId: own.conversationId,
          messageId: testIds.next(),
          kind: "photo",
          mediaId: matched.mediaId,
        }),
      "media.notFound",
    ],
    [() => client.reports.create({ userId: matched.userId, reason: "spam", messageId: stranger.messageId }), "message.notFound"],
    [() => client.reports.create({ userId: matched.userId, reason: "spam", messageId: own.messageId }), "message.notFound"],
    [() => client.reports.create({ userId: matched.userId, reason: "spam", mediaId: stranger.mediaId }), "media.notFound"],
    [
      () => client.swipes.record({ targetId: stranger.userId, action: "like", comment: "Nice", on: { mediaId: matched.mediaId } }),
      "input.invalid",
    ],
    [() => client.notifications.markRead({ ids: [own.notificationId, stranger.notificationId] }), "notification.notFound"],
  ];
  for (const [attempt, code] of attempts) await expect(attempt()).rejects.toMatchObject({ code });
  expect(changed(before, await everyRow())).toEqual([]);
});

function casesOf(spec: RouteSpec, row: Row): Case[] {
  const answers = Object.entries(row.answers) as [Relation, ExpectedOutcome][];
  return roles.flatMap((role) => answers.map(([relation, answer]): Case => ({ role, relation, expected: mayCall(spec, role) ?? answer })));
}

/** Null where the role may call it. */
function mayCall({ auth }: RouteSpec, role: Role): FaultCode | null {
  if (auth === "public") return null;
  if (role === "anonymous") return "auth.required";
  return auth === "user" || auth === role || role === "admin" ? null : "auth.forbidden";
}

function isInContract(spec: RouteSpec, answer: ExpectedOutcome): boolean {
  return typeof answer === "number" ? answer === (spec.status ?? 200) : faultsOf(spec).includes(answer);
}

async function ask({ me, things }: Scene, { spec, row }: { spec: RouteSpec; row: Row }, { role, relation }: Case): Promise<RawAnswer> {
  const token = role === "anonymous" ? null : await staffTokenFor(here.place, me, role === "user" ? [] : [role]);
  const { headers, ...request } = requestOf(spec, row.input(things[relation]));
  const send = () =>
    rawCall(here.host.url, { ...request, headers: { ...headers, ...(token !== null && { authorization: `Bearer ${token}` }) } });
  const answer = await send();
  if (answer.status !== 429) return answer;
  // Rate limits are not what is tried here.
  here.host.clock.advance(61_000);
  return await send();
}

function requestOf(spec: RouteSpec, input: Record<string, unknown>): RawRequest {
  const [method = "GET", template = "/"] = spec.at.split(" ");
  const rest = { ...input };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  return method === "GET" || method === "DELETE"
    ? { method, path }
    : { method, path, headers: { "content-type": "application/json" }, body: JSON.stringify(rest) };
}

function complaints(
  route: RouteName,
  { role, relation, expected }: Case,
  { status, text }: RawAnswer,
  bodies: Map<string, string>,
): string[] {
  const what = `${route} as ${role}, ${relation}`;
  if (typeof expected === "number") return status === expected ? [] : [`${what}: ${expected} expected, ${status} ${text}`];
  const { instance: _instance, ...problem } = JSON.parse(text || "{}") as { code?: FaultCode; instance?: string };
  if (problem.code !== expected || status !== faults[expected].status) return [`${what}: ${expected} expected, ${status} ${text}`];
  // Whatever the reason, a refusal reads the same: what exists cannot be told from what does not.
  const body = JSON.stringify(problem);
  const known = bodies.get(expected) ?? body;
  bodies.set(expected, known);
  return expected.endsWith(".notFound") && body !== known ? [`${what}: tells more than another refusal: ${body} and ${known}`] : [];
}

/** The rows of every table of the domain, as one hash a table. What is counted or kept of requests as such is left out. */
async function everyRow(): Promise<Map<string, string>> {
  const { db } = here.host;
  const tables = await db<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
      and table_name not in ('inbox', 'local_outbox', 'idempotency_keys', 'schedules', 'heartbeats', 'pgmigrations') order by 1`;
  const hashes = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await db.unsafe(`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash from "${name}" t`);
      return [name, String(row?.["hash"])] as const;
    }),
  );
  return new Map(hashes);
}

function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...after].flatMap(([table, hash]) => (before.get(table) === hash ? [] : [table]));
}
