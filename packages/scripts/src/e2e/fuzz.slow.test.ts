import { type FaultCode, faults } from "@pendo/contract/faults";
import { everyRoute } from "@pendo/contract/everyRoute";
import { faultsOf } from "@pendo/contract/route";
import type { RouteSpec } from "@pendo/contract/route";
import { framesIn, framesOut } from "@pendo/contract/sockets";
import type { SessionId } from "@pendo/contract/ids";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import { router } from "@pendo/host/gateway/router";
import { fc } from "@pendo/engine/fastCheck.fixture";
import { testSeed } from "@pendo/engine/testSeed.fixture";
import { expect, test } from "vitest";
import * as z from "zod";
import { type Hostile, hostileRequests } from "./hostile.ts";
import { type Planted, plantCouples, plantPeople, staffTokenFor, tokenFor } from "./planted.ts";
import { inParallel, type RawAnswer, rawCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();
const seed = testSeed;
const COUNT = 10_000;
const ANSWER_MS_MAX = 2000;

const specs = new Map<string, RouteSpec>(everyRoute().map(({ spec }) => [spec.at, spec]));
const match = router([...specs.keys()]);

const Problem = z.strictObject({
  type: z.string(),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.enum(Object.keys(faults) as [FaultCode, ...FaultCode[]]),
  instance: z.string(),
  errors: z
    .array(z.strictObject({ pointer: z.string().startsWith("/"), detail: z.string().min(1) }))
    .min(1)
    .optional(),
  retryAt: z.iso.datetime().optional(),
  resetsAt: z.iso.datetime().optional(),
});

test(`${COUNT} malformed requests, made from the contract, are answered with a documented problem or a valid success, within ${ANSWER_MS_MAX} ms (PENDO_SEED=${seed})`, async () => {
  const { url, clock } = here.host;
  // Few, so that ids often belong together.
  const people = await plantPeople(here.place, 40);
  const couples = await plantCouples(here.place, 4);
  const messages = await Promise.all(
    couples.map(({ ann, conversationId }) => ann.client.messages.send({ conversationId, messageId: ids.next(), text: "Hello" })),
  );
  const matches = await here.host.db<{ id: string }[]>`select id from matches`;
  const members = couples.flatMap(({ ann, bob }) => [ann, bob]);
  const media = await here.host.db<
    { id: string }[]
  >`select id from media where user_id = any(${members.map(({ userId }) => userId as string)}::uuid[])`;
  const users = [...people, ...Array.from({ length: 5 }, () => members).flat()];
  const unknown = [ids.next<string>()];
  const known = {
    user: [...[...people.slice(0, 10), ...members].map(({ userId }) => userId), ...unknown],
    conversation: [...couples.map(({ conversationId }) => conversationId), ...unknown],
    message: [...messages.map(({ id }) => id), ...unknown],
    id: [...[...matches, ...media].map(({ id }) => id), ...people.slice(0, 4).map(({ userId }) => userId), ...unknown],
  };
  const requests = shuffled(hostileRequests(known, { count: COUNT, seed }));
  const tokens = await tokensOf(users);
  expect(requests.length).toBe(COUNT);

  const wrong: string[] = [];
  const seen = new Map<string, number>();
  const slow: [Hostile, number][] = [];
  let slowestMs = 0;
  const startedMs = performance.now();
  await inParallel(
    24,
    requests.map((hostile, i) => async () => {
      const answer = await send(url, hostile, await tokens(hostile, i), i).catch((error: unknown) => String(error));
      // A dependency did not respond in time: the machine is busy, and the request is repeated afterwards.
      const isNotReady = typeof answer !== "string" && answer.text.includes('"code":"ops.notReady"');
      const complaint = typeof answer === "string" ? answer : isNotReady ? "" : complaintAbout(hostile, answer);
      if (typeof answer !== "string") {
        slowestMs = Math.max(slowestMs, answer.ms);
        if (isNotReady || answer.ms > ANSWER_MS_MAX) slow.push([hostile, i]);
        seen.set(String(answer.status), (seen.get(String(answer.status)) ?? 0) + 1);
      }
      if (complaint)
        wrong.push(
          `${complaint}\n    ${describe(hostile)}${typeof answer === "string" ? "" : `\n    ${answer.status} ${answer.text.slice(0, 300)}`}`,
        );
      // The clock moves on a little, so that rate limits are met now and then and not at every turn.
      if (i % 500 === 499) clock.advance(15_000);
    }),
  );
  await here.settled();
  const counts = [...seen].toSorted().map(([status, count]) => `${status}: ${count}`);
  process.stdout.write(
    `PENDO_SEED=${seed}: ${COUNT} requests in ${((performance.now() - startedMs) / 1000).toFixed(1)} s, slowest ${slowestMs.toFixed(0)} ms; ${counts.join(", ")}\n`,
  );
  expect(wrong.slice(0, 8).join("\n")).toBe("");
  // A machine that was busy with something else answers in time when it is asked again.
  for (const [hostile, i] of slow) {
    const answer = await send(url, hostile, await tokens(hostile, i), i);
    expect(answer.ms).toBeLessThan(ANSWER_MS_MAX);
    expect(complaintAbout(hostile, answer) ?? "").toBe("");
  }
  // Neither the gateway, a handler nor a consumer of what was stored found anything that it had not expected.
  expect(here.log).toEqual([]);
}, 600_000);

test("500 malformed frames are answered each, with a documented error or an ack, and the socket stays open", async () => {
  const logged = here.log.length;
  const [couple] = await plantCouples(here.place, 1);
  if (!couple) throw new Error("Nobody was planted.");
  const { url } = await couple.ann.client.realtime.createTicket();
  const socket = new WebSocket(url);
  const received: { type: string; data: unknown }[] = [];
  socket.addEventListener("message", ({ data }) => void received.push(JSON.parse(String(data)) as { type: string; data: unknown }));
  await new Promise((resolve) => socket.addEventListener("open", resolve));

  const types = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...Object.keys(framesIn)) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>("", "__proto__", "toString", 1, null, [], "ready") },
  );
  const refs = fc.oneof(
    { weight: 5, arbitrary: fc.string({ maxLength: 64 }) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(1, null, {}, "x".repeat(65)) },
  );
  const field = fc.oneof(
    fc.constantFrom<unknown>(couple.conversationId, ids.next<string>(), "\u0000", "", -1, 1e308, null, true, [], ["x"], "x".repeat(5000)),
    fc.jsonValue(),
  );
  const data = fc.dictionary(
    fc.constantFrom(
      "conversationId",
      "clientMessageId",
      "messageId",
      "text",
      "seq",
      "typing",
      "userIds",
      "kind",
      "mediaId",
      "__proto__",
      "extra",
    ),
    field,
    { maxKeys: 5 },
  );
  const frames = fc.sample(
    fc.oneof(
      { weight: 12, arbitrary: fc.record({ type: types, ref: refs, data }, { requiredKeys: [] }).map((frame) => JSON.stringify(frame)) },
      { weight: 1, arbitrary: fc.constantFrom("", "{", "[]", "null", "1", '"x"', "{}", "\u0000", "[".repeat(5000)) },
    ),
    { numRuns: 500, seed },
  );
  for (const [i, frame] of frames.entries()) {
    const before = received.length;
    socket.send(frame);
    // Of a frame that is right after all, more than its answer may come.
    await expect.poll(() => received.length, { interval: 2, timeout: ANSWER_MS_MAX }).toBeGreaterThan(before);
    if (i % 100 === 99) here.host.clock.advance(61_000);
  }
  const codes = new Set<string>([
    ...Object.values(framesIn).flatMap(({ fails }) => fails as readonly string[]),
    "input.invalid",
    "input.notJson",
    "rate.limited",
  ]);
  for (const frame of received) {
    expect(Object.keys(framesOut)).toContain(frame.type);
    expect({ frame, error: framesOut[frame.type as "error"].strict().safeParse(frame.data).error }).toEqual({ frame, error: undefined });
    if (frame.type === "error") expect([...codes]).toContain((frame.data as { code: string }).code);
  }
  expect(socket.readyState).toBe(WebSocket.OPEN);
  socket.close();
  expect(here.log.slice(logged)).toEqual([]);
});

/** Who sends what: signed-in users in turn, so that no one's rate limit is all that is ever met. */
async function tokensOf(users: readonly Planted[]): Promise<(hostile: Hostile, i: number) => Promise<string | null>> {
  const { place } = here;
  const [first] = users;
  if (!first) throw new Error("Nobody was planted.");
  const expired = await tokenFor(place, first, { now: () => new Date(place.clock.now().getTime() - 3_600_000) });
  const junk = ["x", "a.b.c", `${first.token.slice(0, -4)}AAAA`, first.token.replace(/^[^.]+/, "eyJhbGciOiJub25lIn0"), "x".repeat(5000)];
  return async ({ token }, i) => {
    const user = users[i % users.length] as Planted;
    if (token === "none") return null;
    if (token === "expired") return expired;
    if (token === "junk") return junk[i % junk.length] as string;
    // A session for each: one that was signed out, or lost its roles, is no use to the next request. Tokens end while the clock moves on.
    const who = { userId: user.userId, sessionId: ids.next<SessionId>() };
    return token === "admin" ? await staffTokenFor(place, who, ["admin"]) : await tokenFor(place, who);
  };
}

function send(url: string, { request }: Hostile, token: string | null, i: number): Promise<RawAnswer> {
  const forwarded = `198.18.${(i >> 8) & 255}.${i & 255}`;
  return rawCall(url, {
    ...request,
    headers: { "x-forwarded-for": forwarded, ...(token !== null && { authorization: `Bearer ${token}` }), ...request.headers },
  });
}

/** What is wrong with an answer; null where it is as the contract says. */
function complaintAbout({ request: { method, path, headers } }: Hostile, answer: RawAnswer): string | null {
  if (answer.status >= 500) return "A failure of ours";
  if (method === "OPTIONS") return answer.status === 204 ? null : "OPTIONS is answered with 204";
  const matched = match(method === "HEAD" ? "GET" : method, path.split("?")[0] ?? "");
  const spec = matched && "routeKey" in matched ? specs.get(matched.routeKey) : undefined;
  if (method === "HEAD") return answer.text === "" ? null : "HEAD is answered without a body";
  if (answer.status >= 400) return complaintAboutProblem(spec, matched !== null, answer);
  if (!spec) return "A success where there is no route";
  if (answer.status === 304) return spec.cache && headers?.["if-none-match"] ? null : "304 without a question";
  if (answer.status !== (spec.status ?? 200)) return `A success with ${answer.status}`;
  if (answer.status === 204) return answer.text === "" ? null : "204 with a body";
  if (spec.contentType) return answer.headers["content-type"] === spec.contentType ? null : "Another content type than the contract says";
  const body = JSON.parse(answer.text) as unknown;
  const parsed = spec.output.safeParse(body);
  return parsed.success ? null : `The body is not as the contract says: ${z.prettifyError(parsed.error)}`;
}

function complaintAboutProblem(spec: RouteSpec | undefined, isKnownPath: boolean, { status, headers, text }: RawAnswer): string | null {
  if (headers["content-type"] !== "application/problem+json") return "No problem details";
  const parsed = Problem.safeParse(JSON.parse(text));
  if (!parsed.success) return `The problem is not as the contract says: ${z.prettifyError(parsed.error)}`;
  const { code, errors, type, retryAt } = parsed.data;
  if (parsed.data.status !== status || faults[code].status !== status) return "Another status than the code's";
  if (type !== `/docs/errors#${code}`) return "Another type than the code's";
  // An address of its own is no value of a wider one: PUT /v1/swipes/rewind.
  if (code === "route.methodNotAllowed" && spec) return headers["allow"] ? null : "405 does not say which methods there are";
  if (code === "input.invalid" && !errors) return "input.invalid names no field";
  if (status === 429 && (!retryAt || !headers["retry-after"])) return "429 does not say when to come back";
  const expected: readonly FaultCode[] = spec ? faultsOf(spec) : [isKnownPath ? "route.methodNotAllowed" : "route.notFound"];
  return expected.includes(code) ? null : `${code} is no problem of this route`;
}

function describe({ route, token, request: { method, path, headers, body } }: Hostile): string {
  return `${route} (${token}): ${method} ${path.slice(0, 300)} ${JSON.stringify(headers)} ${typeof body === "string" ? body.slice(0, 400) : body ? Buffer.from(body).toString("hex") : ""}`;
}

/** So that routes are met in turn, and not one after the other. */
function shuffled<T>(items: readonly T[]): T[] {
  const stride = 7919;
  return items.map((_, i) => items[(i * stride) % items.length] as T);
}
