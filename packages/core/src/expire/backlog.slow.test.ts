import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { newUser } from "../profiles/person.fixture.ts";
import { expire } from "./expire.ts";

const db = testDb();
const ports = testPorts(db);
const { storage, clock } = ports;
const ago = (hours: number): Date => new Date(clock.now().getTime() - hours * 3_600_000);

test("one run deletes a backlog of 20,000 abandoned uploads and 20,000 swept ones", async () => {
  const userId = await newUser(ports);
  // In pieces: a statement has 15 s, and the machine may be busy.
  for (let piece = 0; piece < 20; piece++) {
    await db`
      insert into media (id, user_id, kind, state, content_type, upload_key, created_at, completed_at)
      select gen_random_uuid(), ${userId}, 'photo', state, 'image/jpeg', gen_random_uuid(), ${ago(1000)}, case when state = 'rejected' then ${ago(1000)}::timestamptz end
      from generate_series(1, 1000), unnest(array['requested', 'rejected']) state`;
  }
  // Held, so that a busy machine does not end the run before its work.
  const at = clock.now();
  const removed = new Set<string>();
  const remove = async (keys: readonly string[]): Promise<void> => keys.forEach((key) => removed.add(key));

  const { uploads, sweptUploads } = await expire({ ...ports, clock: { now: () => at }, storage: { ...storage, remove } });

  expect({ uploads, sweptUploads, files: removed.size }).toEqual({ uploads: 20_000, sweptUploads: 20_000, files: 40_000 });
});
