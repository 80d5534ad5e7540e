import { afterEach, expect, test, vi } from "vitest";
import { forgetClientSettings, serverEnv } from "./postgresBinaries.ts";

afterEach(() => vi.unstubAllEnvs());

test("the embedded server inherits where things are, and nothing else", () => {
  const shell = {
    PGDATA: "/x",
    PGOPTIONS: "-c x=y",
    LC_CTYPE: "de_DE",
    LANG: "de_DE",
    TZ: "Asia/Tokyo",
    MALLOC_CHECK_: "3",
    LD_PRELOAD: "x.so",
  };
  for (const [name, value] of Object.entries({ ...shell, PATH: "/bin", HOME: "/root", TMPDIR: "/tmp" })) vi.stubEnv(name, value);

  const { PATH, HOME, TMPDIR, LC_ALL, ...others } = serverEnv();

  expect([PATH, HOME, TMPDIR, LC_ALL]).toEqual(["/bin", "/root", "/tmp", "C"]);
  expect(Object.keys(others).filter((name) => !/^(TEMP|TMP|SYSTEMROOT|WINDIR)$/i.test(name))).toEqual([]);
});

test("clients of the embedded server find no settings of the shell", () => {
  for (const name of ["PGSSLMODE", "PGOPTIONS", "PGTARGETSESSIONATTRS", "PGHOST"]) vi.stubEnv(name, "x");
  vi.stubEnv("PENDO_PGX", "kept");

  forgetClientSettings();

  expect(Object.keys(process.env).filter((name) => name.startsWith("PG"))).toEqual([]);
  expect(process.env["PENDO_PGX"]).toBe("kept");
});
