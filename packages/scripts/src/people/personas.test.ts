import { promptQuestionKeys } from "@pendo/contract/promptQuestions";
import { updateMine } from "@pendo/contract/routes/profiles";
import { judgeText } from "@pendo/core/moderation/textRules";
import { expect, test } from "vitest";
import { cities } from "./cities.ts";
import { dice } from "./dice.ts";
import { persona } from "./personas.ts";
import { lineOf } from "./smallTalk.ts";

const crowd = Array.from({ length: 3000 }, (_, i) => persona(i + 1, 1));

test("the same number and seed are the same person, in whichever order they are asked for", () => {
  expect([9, 3, 700].map((n) => persona(n, 1))).toEqual([9, 3, 700].map((n) => crowd[n - 1]));
  expect(persona(3, 2)).not.toEqual(persona(3, 1));
});

test("everybody is of age, and says what the API takes", () => {
  for (const person of crowd) {
    expect(person.age).toBeGreaterThanOrEqual(18);
    expect(person.age).toBeLessThanOrEqual(75);
    const { name, birthDate, gender, intent, bio, interests, job, heightCm } = person;
    expect(updateMine.input.safeParse({ name, birthDate, gender, intent, bio, interests, job, heightCm }).error).toBeUndefined();
    const { ageMin, ageMax, radiusKm, genders } = person.wants;
    expect(ageMin >= 18 && ageMin <= person.age && ageMax > person.age && radiusKm >= 10 && radiusKm <= 150 && genders.length > 0).toBe(
      true,
    );
    expect(
      person.prompts.every(
        ({ question, answer }) => promptQuestionKeys.includes(question as never) && answer.length > 0 && answer.length <= 250,
      ),
    ).toBe(true);
    expect(person.photoCount).toBeGreaterThanOrEqual(1);
    expect(person.photoCount).toBeLessThanOrEqual(4);
  }
});

test("the population is as varied as people are", () => {
  const share = (is: (person: (typeof crowd)[number]) => boolean) => crowd.filter(is).length / crowd.length;
  expect(share(({ gender }) => gender === "nonbinary")).toBeCloseTo(0.03, 1);
  expect(share(({ gender }) => gender === "woman")).toBeCloseTo(0.48, 1);
  expect(share(({ gender, wants }) => gender !== "nonbinary" && !wants.genders.includes(gender))).toBeGreaterThan(0.8);
  expect(share(({ age }) => age >= 24 && age <= 34)).toBeGreaterThan(0.4);
  expect(share(({ age }) => age > 55)).toBeGreaterThan(0.02);
  expect(new Set(crowd.map(({ bio }) => bio)).size).toBeGreaterThan(crowd.length * 0.9);
  expect(new Set(crowd.map(({ city }) => city)).size).toBe(cities.length);
  const ofCity = (name: string | undefined) => crowd.filter(({ city }) => city.name === name).length;
  expect(ofCity(cities[0]?.name)).toBeGreaterThan(1.5 * ofCity(cities[1]?.name));
});

test("no bio, answer or message breaks the rules of moderation", () => {
  for (const person of crowd.slice(0, 500)) {
    const said = [person.name, person.bio, person.job ?? "", ...person.interests, ...person.prompts.map(({ answer }) => answer)].join("\n");
    expect({ said, ...judgeText(said, "profile") }).toEqual({ said, state: "visible" });
    const message = lineOf(dice("line", person.n), { n: person.n % 7, length: 7, to: person });
    expect({ message, ...judgeText(message, "message") }).toEqual({ message, state: "visible" });
    expect(message).not.toMatch(/[{}]/);
    expect(said).not.toMatch(/[{}]|undefined/);
  }
});
