import { parseArgs } from "node:util";
import { writeSite } from "./site/write.ts";

// npm run site:build [-- --domain pendo.app] [--out DIRECTORY]: the static site, as a deployment uploads it.
const { values } = parseArgs({
  options: { domain: { type: "string", default: "pendo.app" }, out: { type: "string", default: ".sst/site/local" } },
});
const pages = writeSite({ directory: values.out, domain: values.domain });
for (const { path, body } of pages) process.stdout.write(`${path}  ${Buffer.byteLength(body)} bytes\n`);
