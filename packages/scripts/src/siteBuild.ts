import { writeSite } from "./site/write.ts";
import { commandLine } from "./terminal/arguments.ts";

// npm run site:build [-- --domain pendo.app] [--out DIRECTORY]: the static site, as a deployment uploads it.
const options = { domain: { type: "string", default: "pendo.app" }, out: { type: "string", default: ".sst/site/local" } } as const;
const values = commandLine(options, (given) => given);
const pages = writeSite({ directory: values.out, domain: values.domain });
for (const { path, body } of pages) process.stdout.write(`${path}  ${Buffer.byteLength(body)} bytes\n`);
