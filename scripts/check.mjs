#!/usr/bin/env node
// `npm run check`: the static checks, without the tests. It fetches SST's platform (330 MB, once), whose types the AWS side needs.
import { ArgumentError, commandLine } from "./commandLine.mjs";
import { checks, runSteps } from "./steps.mjs";

const all = checks({ platform: true });
const names = Object.keys(all);

const only = commandLine(
  {
    name: "check",
    about:
      "Runs the static checks: types, lint, format and dead code. It fetches SST's platform once (330 MB), whose types the AWS side needs.",
    options: { only: { type: "string", value: "NAME", says: `runs one of them: ${names.join(", ")}` } },
    examples: ["npm run check -- --only types", "npm run typecheck"],
  },
  (values) => {
    if (values.only !== undefined && !names.includes(values.only)) throw new ArgumentError(`--only must be one of ${names.join(", ")}.`);
    return values.only;
  },
);
process.exit(runSteps(only === undefined ? Object.values(all).flat() : all[only]));
