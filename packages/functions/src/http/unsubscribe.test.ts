import type { UserId } from "@pendo/contract/ids";
import * as routes from "@pendo/contract/routes/unsubscribe";
import * as preferences from "@pendo/core/notificationPreferences/notificationPreferences";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { newUser } from "@pendo/core/profiles/person.fixture";
import { tokenOf } from "@pendo/core/unsubscribe/token";
import { expect, test } from "vitest";
import { httpFunction } from "../middleware/http.ts";
import { call, keepingObserver } from "../middleware/testEvents.ts";
import { handlers } from "./unsubscribe.ts";

const db = testDb();
const ports = testPorts(db);
const serve = httpFunction("unsubscribe", routes, handlers, { ports, clock: ports.clock, ids: ports.ids, observer: keepingObserver() });

/** What a client sends of a form: its type, and its bytes as API Gateway hands them over. */
async function sentForm(fields: Readonly<Record<string, string>>, more?: Blob) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (more) form.set("more", more, "more.txt");
  const request = new Response(form);
  return {
    type: request.headers.get("content-type") ?? "",
    body: Buffer.from(await request.arrayBuffer()).toString("base64"),
  };
}

const post = (userId: UserId, { type, body }: { type: string; body: string }) =>
  call(serve, routes.confirm.at, {
    path: { token: tokenOf(ports.secrets, { userId, kind: "match" }) },
    headers: { "content-type": type },
    body,
    isBase64: true,
  });

test("one click ends a kind of email, posted as multipart/form-data (RFC 8058)", async () => {
  const userId = await newUser(ports);

  const answer = await post(userId, await sentForm({ "List-Unsubscribe": "One-Click" }));

  expect(answer.status).toBe(200);
  expect((await preferences.get(ports, { userId })).email).toEqual({ match: false });
});

test("a multipart form that is broken, or has other fields, is refused and ends nothing", async () => {
  const userId = await newUser(ports);
  const whole = await sentForm({ "List-Unsubscribe": "One-Click" });
  const cut = { ...whole, body: Buffer.from(whole.body, "base64").subarray(0, -20).toString("base64") };

  const answers = [
    await post(userId, cut),
    await post(userId, { ...whole, type: "multipart/form-data" }),
    await post(userId, await sentForm({ "List-Unsubscribe": "Later" })),
    await post(userId, await sentForm({ "List-Unsubscribe": "One-Click" }, new Blob(["text"]))),
  ];

  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  expect((await preferences.get(ports, { userId })).email).toEqual({ match: true });
});
