import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { compile, type Mistake, type Verdict } from "./compile.ts";

const ids = `import type { MatchId, SessionId, UserId } from "@pendo/contract/ids";
export declare const userId: UserId, sessionId: SessionId, matchId: MatchId;
`;

const emitting = `${ids}import type { Tx } from "@pendo/core/ports/db/db";
import type { Uses } from "@pendo/core/ports/ports";
export declare const tx: Tx, ctx: Uses<"bus" | "db">;
`;

const aRoute = (entry: string, mark = "") => `import { route } from "@pendo/contract/route";
import * as z from "zod";
export const thing = route({${mark}
  at: "GET /v1/thing", summary: "Thing", input: z.strictObject({}), output: z.object({}),
  ${entry}
});`;

const handling = `${ids}import { SwipeAction } from "@pendo/contract/events";
import { MatchId as Match, UserId as User } from "@pendo/contract/ids";
import { route } from "@pendo/contract/route";
import type { HandleNoun, HandleQueue, HandleRoute } from "@pendo/functions/middleware/handles";
import * as z from "zod";
export const noun = {
  record: route({
    at: "PUT /v1/things/{targetId}", summary: "Try", auth: "user", limit: "write", fails: [], needs: ["db"],
    input: z.strictObject({ targetId: User, action: SwipeAction }), output: z.object({ matchId: Match }),
  }),
  list: route({
    at: "GET /v1/things", summary: "List", auth: "public", limit: "public", fails: [], needs: [],
    input: z.strictObject({}), output: z.object({ count: z.int() }),
  }),
};
export type Record = HandleRoute<typeof noun.record>;
export type List = HandleRoute<typeof noun.list>;
export type Handlers = HandleNoun<typeof noun>;
export type Search = HandleQueue<"search">;
export declare const handlers: Handlers, others: Omit<Search, "profile.hidden">, work: () => Promise<void>;
`;

/** The registry as it is, on one line, so that the error is on the line of the mistake; `change` plants it among the members. */
const aRegistry = (name: "http" | "queue" | "schedule", change: (members: string) => string) => {
  const source = readFileSync(new URL(`../../functions/src/${name}/index.ts`, import.meta.url), "utf8");
  const text = source.replaceAll('from "./', `from "@pendo/functions/${name}/`).replaceAll('from "../', 'from "@pendo/functions/');
  const [imports, registry] = text.replaceAll('.ts"', '"').split(`export const ${name} = {`);
  return `${imports}export const ${name} = {${change(registry?.replace(/\s+/g, " ") ?? "")}`;
};
const withoutFirst = (members: string) => members.replace(/^[^,]*,/, "<<$&|>>");
const withOneMore = (members: string) => `<<| another: {},>>${members}`;

const mistakes: Mistake[] = [
  {
    promise: "one id does not stand for another",
    code: `${ids}export const me: UserId = <<userId|matchId>>;`,
  },
  {
    promise: "a plain string is not an id",
    code: `${ids}export const me: UserId = <<userId|"0198c5f2-0000-7000-8000-000000000000">>;`,
  },
  {
    promise: "a fact goes to queues that exist",
    code: `import type { EventSpec } from "@pendo/contract/events";
import * as z from "zod";
export const events = { "thing.made": { data: z.object({}), to: ["email", "<<push|posh>>"] } } as const satisfies Record<string, EventSpec>;`,
  },
  { promise: "a fact is one of the table", code: `${emitting}await ctx.bus.emit(tx, "<<user.registered|user.joined>>", { userId });` },
  { promise: "who emits facts takes none back out of a queue", code: `${emitting}await ctx.bus.<<relay()|redrive("push", 1)>>;` },
  {
    promise: "a fact is emitted whole",
    code: `${emitting}await ctx.bus.emit(tx, "session.revoked", { userId<<, sessionId|>> });`,
  },
  {
    promise: "a fact holds nothing but its data",
    code: `${emitting}await ctx.bus.emit(tx, "user.registered", { userId<<|, email: "a@example.com">> });`,
  },
  {
    promise: "the ids of a fact are not swapped",
    code: `${emitting}await ctx.bus.emit(tx, "session.revoked", { userId, sessionId<<|: userId>> });`,
  },
  {
    promise: "a fact leaves within a transaction",
    code: `${emitting}await ctx.bus.emit(<<tx|ctx.db>>, "user.registered", { userId });`,
  },
  {
    promise: "a route fails with codes of the table",
    code: aRoute(`auth: "user", limit: "read", needs: [], fails: ["<<match.notFound|match.missing>>"],`),
  },
  {
    promise: "a route needs ports that exist",
    code: aRoute(`auth: "user", limit: "read", fails: [], needs: ["<<db|database>>"],`),
  },
  {
    promise: "a route is limited by a limit of the table",
    code: aRoute(`auth: "user", fails: [], needs: [], limit: "<<read|reading>>",`),
  },
  { promise: "a route says who may call it", code: aRoute(`limit: "read", fails: [], needs: [], <<auth: "user",|>>`, " // error") },
  {
    promise: "a fault is thrown with a code of the table",
    code: `import { Fault } from "@pendo/core/fault";\nthrow new Fault("<<match.notFound|match.missing>>");`,
  },
  {
    promise: "a fault names a field by JSON Pointer",
    code: `import { Fault } from "@pendo/core/fault";\nthrow new Fault("input.invalid", { fields: { "<</text|text>>": "is missing" } });`,
  },
  {
    promise: "a function uses only the ports it names",
    code: `${emitting}export const ping = (uses: Uses<"db" | <<"cache"|never>>>) => uses.cache.ping(); // error`,
  },
  {
    promise: "a handler uses only the ports its route needs",
    code: `${handling}export const record: Record = async (<<{ db }|{ db, cache }>>) => ({ matchId });`,
  },
  {
    promise: "a handler of a public route has no caller's account",
    code: `${handling}export const list: List = async (<<{ caller }|{ caller, me }>>) => ({ count: caller.ip.length });`,
  },
  {
    promise: "a handler answers what its route promises",
    code: `${handling}export const list: List = async () => ({ count: <<0|"none">> });`,
  },
  {
    promise: "a handler answers with the right id",
    code: `${handling}export const record: Record = async ({ me }) => ({ matchId: <<matchId|me>> });`,
  },
  {
    promise: "a route without a handler",
    code: `${handling}export const all: Handlers = { // error
  record: handlers.record,
  <<list: handlers.list,|>>
};`,
  },
  {
    promise: "a handler without a route",
    code: `${handling}export const all: Handlers = {
  ...handlers,
  <<list|lists>>: handlers.list,
};`,
  },
  {
    promise: "a queue without a consumer for one of its facts",
    code: `${handling}export const search: Search = { // error
  ...others,
  <<"profile.hidden": work,|>>
};`,
  },
  {
    promise: "a consumer for a fact that its queue does not receive",
    code: `${handling}export const search: Search = {
  ...others,
  "profile.hidden": work,
  <<|"message.created": work,>>
};`,
  },
  {
    promise: "a consumer uses only the ports its queue needs",
    code: `${handling}export const search: Search = {
  ...others,
  "profile.hidden": async (<<{ search }|{ search, mail }>>, fact) => search.remove([fact.data.userId]),
};`,
  },
  {
    promise: "race, religion or ethnicity cannot be handed to what scores people",
    code: `import { coldStart } from "@pendo/engine/score/coldStart";
export const traits = coldStart({ ageYears: 30, intent: null, interests: []<<|, ethnicity: "any">> });`,
  },
  {
    promise: "an answer named like something that is never ranked leaves nothing that can be scored",
    code: `import type { Answers, Rankable } from "@pendo/engine/score/answers";
interface More extends Answers { <<readonly heightCm|readonly religion>>: string }
export const score = (answers: Rankable<More>): number => answers.ageYears; // error`,
  },
  { promise: "a noun without handlers", code: aRegistry("http", withoutFirst) },
  { promise: "handlers without a noun", code: aRegistry("http", withOneMore) },
  { promise: "a queue without a consumer", code: aRegistry("queue", withoutFirst) },
  { promise: "a consumer without a queue", code: aRegistry("queue", withOneMore) },
  { promise: "a schedule without work", code: aRegistry("schedule", withoutFirst) },
  { promise: "work without a schedule", code: aRegistry("schedule", withOneMore) },
];

let verdicts: Verdict[] = [];
beforeAll(() => {
  verdicts = compile(mistakes);
});

test.each(mistakes.map(({ promise }, index) => ({ promise, index })))("does not compile: $promise", ({ index }) => {
  const { rightErrors, wrongLines, line } = verdicts[index]!;
  expect(rightErrors, "the code without the mistake").toEqual([]);
  expect(wrongLines, "the code with the mistake").toEqual([line]);
});
