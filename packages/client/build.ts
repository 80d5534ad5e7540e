// `npm run client:build`: the package @pendo/client as JavaScript and declarations, in packages/client/dist.
import { commandLine } from "../../scripts/commandLine.mjs";
import { buildClient } from "./build/buildClient.ts";

const { out } = commandLine({
  name: "client:build",
  about: "Builds the typed client to JavaScript and declarations, ready for `npm pack`.",
  options: { out: { type: "string", value: "DIRECTORY", default: "packages/client/dist", says: "where the package goes" } },
  examples: ["npm run client:build && npm pack ./packages/client/dist"],
});
await buildClient(out);
process.stdout.write(`${out}\n`);
