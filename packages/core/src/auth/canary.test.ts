import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { requestOtp, verifyOtp } from "./auth.ts";
import { isCanaryAddress } from "./canary.ts";
import { codeOf } from "./code.ts";

const db = testDb();
const ports = testPorts(db);

test("the canary's addresses are those of the mailbox beside the API, and no other", () => {
  const isCanary = (email: string, url = "https://api.pendo.example") => isCanaryAddress(email, url);

  expect(isCanary("canary-01-a@canary.pendo.example")).toBe(true);
  expect(isCanary("canary-01-a@canary.localhost", "http://localhost:4000")).toBe(true);
  for (const email of [
    "canary-01-a@pendo.example",
    "canary@canary.evil.example",
    "a@notcanary.pendo.example",
    "a@canary.pendo.example.evil.example",
    "canary.pendo.example@evil.example",
  ])
    expect([email, isCanary(email)]).toEqual([email, false]);
});

test("an account that registers with such an address is marked as the canary's, and no other is", async () => {
  const here = { ...ports, secrets: { ...ports.secrets, publicUrl: "https://api.pendo.example" } };
  const ip = "198.51.100.7";
  const register = async (email: string): Promise<unknown> => {
    const { challengeId } = await requestOtp(here, { email, ip });
    const { userId } = await verifyOtp(here, { ip, challengeId, code: codeOf(here.secrets, { challengeId, email }) });
    return (await db<{ isCanary: boolean }[]>`select is_canary from users where id = ${userId}`)[0]?.isCanary;
  };

  expect(await register("canary-01-a@canary.pendo.example")).toBe(true);
  expect(await register("ann@example.com")).toBe(false);
});
