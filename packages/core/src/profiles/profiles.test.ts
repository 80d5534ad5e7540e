import type { MatchId, UserId } from "@pendo/contract/ids";
import { ProfileCard } from "@pendo/contract/profile";
import { MyProfile } from "@pendo/contract/myProfile";
import { ageOn, dayAt, dayOf } from "@pendo/engine/eligibility/age";
import { expect, test } from "vitest";
import { judgeProfile } from "../moderation/textVerdict.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as prompts from "../prompts/prompts.ts";
import { cardsFor } from "./cards.ts";
import { addPhoto, newPerson, newUser } from "./person.fixture.ts";
import * as profiles from "./profiles.ts";

const db = testDb();
const ports = testPorts(db);

const view = (viewerId: UserId, userId: UserId) => profiles.get(ports, { viewerId, userId });
const discoverable = async (userId: UserId) => (await profiles.getMine(ports, { userId })).discoverable;
const factsOf = async (type: "profile.updated" | "profile.hidden", userId: UserId) =>
  (await ports.facts(type)).filter((fact) => fact.data.userId === userId);

async function match(a: UserId, b: UserId): Promise<void> {
  const [lo, hi] = [a, b].toSorted();
  await db`insert into matches (id, lo, hi, created_at) values (${ports.ids.next<MatchId>()}, ${lo ?? a}, ${hi ?? b}, ${ports.clock.now()})`;
}

test("GET /v1/me/profile answers what a new account lacks", async () => {
  const userId = await newUser(ports);
  const mine = await profiles.getMine(ports, { userId });
  expect(MyProfile.parse(mine)).toEqual(mine);
  expect(mine).toMatchObject({ textState: "pending", discoverable: false, missing: ["name", "birthDate", "gender", "location", "photo"] });
});

test("a profile becomes discoverable with its last essential, and tells it", async () => {
  const userId = await newPerson(ports);
  const mine = await profiles.getMine(ports, { userId });
  expect(mine).toMatchObject({ missing: [], textState: "visible", discoverable: true });
  expect(MyProfile.parse(mine)).toEqual(mine);
  expect((await factsOf("profile.updated", userId)).length).toBeGreaterThanOrEqual(2);
});

test("PATCH /v1/me/profile hides changed words, and the profile with them, until the verdict", async () => {
  const [viewer, userId] = [await newPerson(ports), await newPerson(ports, { job: "Roofer" })];
  await match(viewer, userId);
  await profiles.updateMine(ports, { userId, name: "Ada", bio: "Now I mend clocks." });
  expect(await discoverable(userId)).toBe(false);
  expect(await factsOf("profile.hidden", userId)).toHaveLength(1);
  expect(await view(viewer, userId)).toMatchObject({ name: "Mara", bio: "", job: null });
  await judgeProfile(ports, { userId });
  expect(await view(viewer, userId)).toMatchObject({ name: "Ada", bio: "Now I mend clocks.", job: "Roofer" });
  expect(await discoverable(userId)).toBe(true);
});

test("PATCH /v1/me/profile leaves the words visible when only numbers change, and says nothing when nothing changes", async () => {
  const userId = await newPerson(ports);
  await profiles.updateMine(ports, { userId, heightCm: 181, intent: "casual" });
  expect(await profiles.getMine(ports, { userId })).toMatchObject({ textState: "visible", heightCm: 181, intent: "casual" });
  const before = (await factsOf("profile.updated", userId)).length;
  await profiles.updateMine(ports, { userId, heightCm: 181 });
  expect(await factsOf("profile.updated", userId)).toHaveLength(before);
});

test("PATCH /v1/me/profile answers auth.underage the day before the 18th birthday, and lets in on it", async () => {
  const userId = await newUser(ports);
  const [year, rest] = [ports.clock.now().getUTCFullYear() - 18, ports.clock.now().toISOString().slice(4, 10)];
  const tomorrow = new Date(ports.clock.now().getTime() + 86_400_000).toISOString();
  const tooYoung = `${Number(tomorrow.slice(0, 4)) - 18}${tomorrow.slice(4, 10)}`;
  await expect(profiles.updateMine(ports, { userId, birthDate: tooYoung })).rejects.toMatchObject({ code: "auth.underage" });
  expect(await profiles.updateMine(ports, { userId, birthDate: `${year}${rest}` })).toMatchObject({ birthDate: `${year}${rest}` });
});

test("PATCH /v1/me/profile sets a birthday once", async () => {
  const userId = await newPerson(ports);
  await expect(profiles.updateMine(ports, { userId, birthDate: "1990-01-01" })).rejects.toMatchObject({
    fields: { "/birthDate": "can be set once" },
  });
  expect(await profiles.updateMine(ports, { userId, birthDate: "1994-05-17" })).toMatchObject({ birthDate: "1994-05-17" });
  await expect(profiles.updateMine(ports, { userId: await newUser(ports), birthDate: "1812-01-01" })).rejects.toMatchObject({
    code: "input.invalid",
  });
});

test("of two parallel changes neither is lost", async () => {
  const userId = await newUser(ports);
  await Promise.all([profiles.updateMine(ports, { userId, job: "Baker" }), profiles.updateMine(ports, { userId, school: "Delft" })]);
  expect(await profiles.getMine(ports, { userId })).toMatchObject({ job: "Baker", school: "Delft" });
});

test("a card shows age, band and approved photos, and no place", async () => {
  const viewer = await newPerson(ports, {}, { lat: 52.52, lon: 13.4 });
  const userId = await newPerson(ports, { interests: ["Chess", "chess", "Bread", "Café", "cafe\u0301"] }, { lat: 52.39, lon: 13.06 });
  const card = await view(viewer, userId);
  expect(ProfileCard.parse(card)).toEqual(card);
  expect(card).toMatchObject({ id: userId, name: "Mara", gender: "woman", interests: ["Chess", "Bread", "Café"], distance: "25to50km" });
  expect(card.age).toBe(ageOn(dayAt(ports.clock.now().getTime()), dayOf("1994-05-17")));
  expect(card.photos).toHaveLength(1);
  expect(card.photos[0]?.url).toContain("/1080.webp?");
  expect(JSON.stringify(card)).not.toMatch(/52\.|13\.\d|lat|lon/);
});

test("one's own card is what others see, and profile.incomplete before there is one", async () => {
  const userId = await newPerson(ports);
  expect(await view(userId, userId)).toMatchObject({ id: userId, distance: null });
  const nobody = await newUser(ports);
  await expect(view(nobody, nobody)).rejects.toMatchObject({ code: "profile.incomplete" });
});

test.each(["blocker", "blocked"])("GET /v1/profiles answers profile.notFound to the %s, matched or not", async (who) => {
  const [viewer, userId] = [await newPerson(ports), await newPerson(ports)];
  await match(viewer, userId);
  const [blocker, blocked] = who === "blocker" ? [viewer, userId] : [userId, viewer];
  await db`insert into blocks (blocker_id, blocked_id, created_at) values (${blocker}, ${blocked}, ${ports.clock.now()})`;
  await expect(view(viewer, userId)).rejects.toMatchObject({ code: "profile.notFound" });
  expect(await cardsFor(ports, { viewerId: viewer, userIds: [userId], onlyDiscoverable: false })).toEqual(new Map());
});

test.each(["suspended", "deactivated", "deleted"])("GET /v1/profiles answers profile.notFound for the %s", async (status) => {
  const [viewer, userId] = [await newPerson(ports), await newPerson(ports)];
  await match(viewer, userId);
  await db`update users set status = ${status} where id = ${userId}`;
  await expect(view(viewer, userId)).rejects.toMatchObject({ code: "profile.notFound" });
});

test("a paused profile is shown to matches alone", async () => {
  const [viewer, stranger, userId] = [await newPerson(ports), await newPerson(ports), await newPerson(ports)];
  await match(viewer, userId);
  await profiles.updateMine(ports, { userId, visibility: "paused" });
  expect(await discoverable(userId)).toBe(false);
  expect(await view(viewer, userId)).toMatchObject({ id: userId });
  await expect(view(stranger, userId)).rejects.toMatchObject({ code: "profile.notFound" });
  await expect(view(stranger, ports.ids.next<UserId>())).rejects.toMatchObject({ code: "profile.notFound" });
  await profiles.updateMine(ports, { userId, visibility: "visible" });
  expect(await view(stranger, userId)).toMatchObject({ id: userId });
});

test("PUT /v1/me/prompts replaces the prompts in order, and sends them to moderation once", async () => {
  const [viewer, userId] = [await newPerson(ports), await newPerson(ports)];
  const said = [
    { question: "smallJoy", answer: "Fresh socks" },
    { question: "kitchen", answer: "Soup" },
  ] as const;
  const first = await prompts.replace(ports, { userId, prompts: said });
  expect(first.prompts.map((prompt) => prompt.answer)).toEqual(["Fresh socks", "Soup"]);
  await judgeProfile(ports, { userId });
  expect((await view(viewer, userId)).prompts).toEqual(first.prompts);
  expect(await prompts.replace(ports, { userId, prompts: said })).toEqual(first);
  expect(await profiles.getMine(ports, { userId })).toMatchObject({ textState: "visible", prompts: first.prompts });
  await prompts.replace(ports, { userId, prompts: [said[1]] });
  expect(await profiles.getMine(ports, { userId })).toMatchObject({ textState: "pending", prompts: [{ answer: "Soup" }] });
  const twice = prompts.replace(ports, { userId, prompts: [said[0], said[0]] });
  await expect(twice).rejects.toMatchObject({ fields: { "/prompts/1/question": "is answered twice" } });
});

test("refused words keep a profile hidden, and say why", async () => {
  const userId = await newPerson(ports);
  await profiles.updateMine(ports, { userId, bio: "call me +49 151 2345 6789" });
  await judgeProfile(ports, { userId });
  await judgeProfile(ports, { userId });
  expect(await profiles.getMine(ports, { userId })).toMatchObject({ textState: "rejected", discoverable: false });
  const decisions = await db`select ground, facts, subject_kind from decisions where user_id = ${userId}`;
  expect(decisions).toEqual([{ ground: "contactDetails", facts: 'The rule "phone" matched in: bio.', subjectKind: "profileText" }]);
  await addPhoto(ports, userId);
  expect(await discoverable(userId)).toBe(false);
});
