import type { UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import * as messages from "../messages/messages.ts";
import { couple } from "../conversations/couple.fixture.ts";
import { update as setPrefs } from "../notificationPreferences/notificationPreferences.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addPhone, messaged, phones, write } from "./notices.fixture.ts";
import { release } from "./release.ts";

const db = testDb();
const base = testPorts(db);

/** Ports with phones of their own, so that each test sees its pushes alone. */
function own() {
  const push = phones();
  return { ...base, push, notes: push.notes, phones: push };
}

const rowsOf = (userId: UserId) => db<{ eventCount: number; pushDueAt: Date | null }[]>`
  select event_count, push_due_at from notifications where user_id = ${userId} order by created_at, id`;

describe("quiet hours", () => {
  test("hold a push back over midnight in the user's own zone, and it is sent when they end", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    const at = ports.clock.now();
    const local = (ms: number) =>
      new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Kathmandu", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
        new Date(at.getTime() + ms),
      );
    await db`update users set time_zone = 'Asia/Kathmandu' where id = ${pair.b}`;
    await setPrefs(ports, { userId: pair.b, quietFrom: local(-3_600_000), quietTo: local(7_200_000) });
    await messaged(ports, await write(ports, pair));
    await messaged(ports, await write(ports, pair));
    await release(ports);
    expect(ports.notes).toEqual([]);
    ports.clock.advance(7_200_000 - 120_000);
    await release(ports);
    expect(ports.notes).toEqual([]);
    ports.clock.advance(181_000);
    await Promise.all([release(ports), release(ports)]);
    expect(ports.notes).toMatchObject([{ title: "Ada", body: "sent you 2 messages" }]);
  });

  test("that were lengthened meanwhile hold it back longer", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    const clock = (ms: number) => new Date(ports.clock.now().getTime() + ms).toISOString().slice(11, 16);
    await setPrefs(ports, { userId: pair.b, quietFrom: clock(-3_600_000), quietTo: clock(600_000) });
    await messaged(ports, await write(ports, pair));
    await setPrefs(ports, { userId: pair.b, quietTo: clock(7_200_000) });
    ports.clock.advance(700_000);
    await release(ports);
    expect(ports.notes).toEqual([]);
    await setPrefs(ports, { userId: pair.b, quietFrom: null, quietTo: null });
    ports.clock.advance(6_600_000);
    await release(ports);
    expect(ports.notes).toHaveLength(1);
  });
});

test("a push that waits is dropped when nothing of its conversation is left to read", async () => {
  const ports = own();
  const pair = await couple(ports);
  await addPhone(ports, pair.b);
  const clock = (ms: number) => new Date(ports.clock.now().getTime() + ms).toISOString().slice(11, 16);
  await setPrefs(ports, { userId: pair.b, quietFrom: clock(-3_600_000), quietTo: clock(600_000) });
  const facts = [await write(ports, pair), await write(ports, pair)];
  for (const fact of facts) await messaged(ports, fact);
  for (const { data } of facts) await messages.remove(ports, { ...data, userId: pair.a });
  ports.clock.advance(700_000);
  await release(ports);
  expect(ports.notes).toEqual([]);
  expect(await rowsOf(pair.b)).toMatchObject([{ pushDueAt: null }]);
});

describe("devices", () => {
  test("all get the push; one that is gone is forgotten", async () => {
    const ports = own();
    const pair = await couple(ports);
    const [kept, gone] = [await addPhone(ports, pair.b, "tablet"), await addPhone(ports, pair.b, "oldphone")];
    ports.phones.answer = ({ token }) => (token === gone ? "gone" : "sent");
    await messaged(ports, await write(ports, pair));
    expect(ports.notes.map(({ token }) => token)).toEqual([kept]);
    expect(await db`select token from devices where user_id = ${pair.b}`).toMatchObject([{ token: kept }]);
  });

  test("where none can be reached the failure is told, and the push is tried again until it arrives, for an hour", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    const fact = await write(ports, pair);
    ports.phones.answer = () => Promise.reject(new Error("the provider is away"));
    await expect(messaged(ports, fact)).rejects.toThrow("the provider is away");
    // The queue delivers it again, which must not push by itself.
    await messaged(ports, fact);
    ports.clock.advance(61_000);
    await expect(release(ports)).rejects.toThrow("the provider is away");
    ports.phones.answer = () => "sent";
    ports.clock.advance(61_000);
    await release(ports);
    expect(ports.notes).toHaveLength(1);
    expect(await rowsOf(pair.b)).toMatchObject([{ eventCount: 1, pushDueAt: null }]);

    const late = await couple(ports);
    await addPhone(ports, late.b);
    ports.phones.answer = () => Promise.reject(new Error("the provider is away"));
    await expect(messaged(ports, await write(ports, late))).rejects.toThrow("the provider is away");
    ports.clock.advance(3_700_000);
    await expect(release(ports)).rejects.toThrow("the provider is away");
    expect(await rowsOf(late.b)).toMatchObject([{ pushDueAt: null }]);
  });

  test("where one of two got the push it is not sent again", async () => {
    const ports = own();
    const pair = await couple(ports);
    const [reached, away] = [await addPhone(ports, pair.b, "tablet"), await addPhone(ports, pair.b, "tunnel")];
    ports.phones.answer = ({ token }) => (token === away ? Promise.reject(new Error("away")) : "sent");
    await expect(messaged(ports, await write(ports, pair))).rejects.toThrow("away");
    ports.clock.advance(120_000);
    await release(ports);
    expect(ports.notes.map(({ token }) => token)).toEqual([reached]);
  });
});
