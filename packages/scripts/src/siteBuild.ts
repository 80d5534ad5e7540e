import { writeSite } from "./site/write.ts";
import { commandLine } from "../../../scripts/commandLine.mjs";

const values = commandLine({
  name: "site:build",
  about: "Writes the static site, as a deployment uploads it.",
  options: {
    domain: { type: "string", value: "NAME", default: "pendo.app", says: "the domain that the pages name" },
    out: { type: "string", value: "DIRECTORY", default: ".sst/site/local", says: "where the site goes" },
  },
});
const pages = writeSite({ directory: values.out, domain: values.domain });
for (const { path, body } of pages) process.stdout.write(`${path}  ${Buffer.byteLength(body)} bytes\n`);
