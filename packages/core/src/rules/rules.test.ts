import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** What a rule of this directory says, as a statement would say it again; and the files that may, since they ask something else. */
const rules: Record<string, { readonly says: RegExp; readonly except?: readonly string[] }> = {
  // Lists of blocks, writes, and what one of the two did: which of the two is the question there.
  notBlocked: {
    says: /\bfrom blocks\b/,
    except: ["blocks/blocks.sql.ts", "discovery/population.sql.ts", "reports/reports.sql.ts", "sync/sync.sql.ts"],
  },
  completeProfile: { says: /birth_date is (not )?null/ },
  pair: { says: /\b(lo|hi) = (least|greatest)\(|then (\w+\.)?(lo|hi)_(action|at) else/ },
  day: { says: /at time zone 'UTC'\)::date|extract\(year from age\(/ },
  reply: { says: /= c\.answered_seq\b/ },
  visible: { says: /kind = 'photo' and (media\.)?state = 'visible' and (media\.)?position is not null/ },
};

test.for(Object.entries(rules))("the rule %s is written in core/src/rules and nowhere else", ([, { says, except = [] }]) => {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".sql.ts") || file.startsWith("rules/"),
  );
  const saying = files.filter((file) => !file.endsWith(".test.ts") && says.test(readFileSync(join(root, file), "utf8")));

  expect(saying.filter((file) => file.startsWith("rules/"))).not.toEqual([]);
  expect(saying.filter((file) => !file.startsWith("rules/") && !except.includes(file))).toEqual([]);
});

test("rules and the user log stand below the nouns: they import no noun", () => {
  const below = /^(?:\.\.\/)(?:ports\/|rules\/|log\/|fault\.ts)|^\.\//;
  const files = ["rules", "log"].flatMap((dir) => readdirSync(join(root, dir)).map((file) => join(dir, file)));
  const tested = files.filter((file) => !file.endsWith(".test.ts"));
  const importing = tested.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/from "(\.[^"]+)"/g)].flatMap(([, from = ""]) =>
      below.test(from) ? [] : [`${file}: ${from}`],
    ),
  );

  expect(importing).toEqual([]);
});
