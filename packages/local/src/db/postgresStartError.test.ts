import { expect, test } from "vitest";
import { explainFileError, explainStart } from "./postgresStartError.ts";

const place = { dataDir: "/srv/pendo/postgres", tcpPort: 5433 };

test.each([
  ['initdb: error: could not create directory "/srv/x/base": No space left on device', "diskFull", "full"],
  ['FATAL:  could not write lock file "postmaster.pid": No space left on device', "diskFull", "/srv/pendo/postgres"],
  [
    'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL:  could not create any TCP/IP sockets',
    "portInUse",
    "5433",
  ],
  ['FATAL:  lock file "postmaster.pid" already exists\nHINT:  Is another postmaster running?', "inUse", "another PostgreSQL server"],
  ["FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use", "inUse", "another PostgreSQL server"],
  ['FATAL:  could not open file "global/pg_control": Permission denied', "notWritable", "Permission denied"],
  ["LOG:  invalid checkpoint record\nPANIC:  could not locate a valid checkpoint record at 0/1", "corrupt", "Restore a backup"],
  ["FATAL:  something nobody has seen before", "failed", "something nobody has seen before"],
  ["", "failed", "it said nothing"],
])("what the server said last becomes one line: %j", (log, problem, part) => {
  const error = explainStart(log, place);
  expect(error.problem).toBe(problem);
  expect(error.message).toContain(part);
  expect(error.message).not.toContain("\n");
});

test.each([
  ["ENOSPC", "diskFull"],
  ["EROFS", "notWritable"],
  ["EACCES", "notWritable"],
  ["EMFILE", "failed"],
])("a file error %s becomes %s", (code, problem) => {
  const error = explainFileError(Object.assign(new Error(`${code}: no`), { code }), place.dataDir);
  expect(error.problem).toBe(problem);
  expect(error.message).toContain(place.dataDir);
});
