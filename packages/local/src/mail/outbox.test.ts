import { expect, test } from "vitest";
import { movableClock } from "@pendo/core/ports/clock/clock";
import { testDb } from "../db/testDb.ts";
import { localOutbox } from "../localOutbox.ts";
import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { outboxMail } from "./outbox.ts";

const db = testDb();
const clock = movableClock();
const letter = { to: "ada@example.com", subject: "Your code", text: "It is 123456.", html: "<p>It is 123456.</p>" };

test("a letter that is sent again with the same id is kept once, as it was first", async () => {
  const mail = outboxMail({ db, clock, ids: testIds });
  await mail.send({ id: "code:1", ...letter });
  await mail.send({ id: "code:1", ...letter, subject: "Again" });
  await mail.send({ id: "code:2", ...letter, unsubscribeUrl: "https://example.com/u/1" });
  const rows = await db`select id, kind, recipient, content from local_outbox order by id`;
  const content = { subject: "Your code", text: letter.text, html: letter.html };
  expect(rows).toEqual([
    { id: "code:1", kind: "mail", recipient: letter.to, content },
    { id: "code:2", kind: "mail", recipient: letter.to, content: { ...content, unsubscribeUrl: "https://example.com/u/1" } },
  ]);
});

test("only the newest are kept, of each kind", async () => {
  await db`delete from local_outbox`;
  const pushes = localOutbox({ db, clock }, "push", 50);
  await pushes.keep({ id: "push:1", recipient: "token", content: {} });
  const mails = localOutbox({ db, clock }, "mail", 50);
  // All in the same millisecond: the order is then that of the ids, and none beyond the bound stays.
  const at = clock.now();
  await db`insert into local_outbox select ${"old:"} || i, 'mail', 'x', '{}', ${at} from generate_series(1, 600) i`;
  clock.advance(1000);
  await mails.keep({ id: "new", recipient: "x", content: {} });
  const rows = await db<{ id: string }[]>`select id from local_outbox order by id`;
  expect(rows).toHaveLength(51);
  expect(rows.map((row) => row.id)).toEqual(expect.arrayContaining(["new", "push:1"]));
});
