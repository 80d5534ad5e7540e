import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { requestOtp } from "./auth.fixture.ts";

const db = testDb();
const ports = testPorts(db);
const email = "crowded@example.test";

test("however many strangers ask for codes of one address, a new device still gets a challenge", async () => {
  for (let i = 0; i < 6; i++) await requestOtp(ports, { email });
  const [sent] = await db<{ id: string }[]>`
    select id from otp_challenges where email = ${email} and digits = 10 and code_of is null order by created_at desc limit 1`;
  // What hundreds of further requests from other networks leave behind.
  await db`
    insert into otp_challenges (id, email, locale, digits, code_of, expires_at, created_at)
    select gen_random_uuid(), ${email}, 'en', 10, ${sent?.id ?? null}, ${ports.clock.now()}::timestamptz + interval '9 minutes', ${ports.clock.now()}
    from generate_series(1, 500)`;

  const honest = await requestOtp(ports, { email });

  expect(honest.digits).toBe(10);
  expect(await db`select code_of from otp_challenges where id = ${honest.challengeId}`).toEqual([{ codeOf: sent?.id }]);
});
