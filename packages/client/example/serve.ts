// `npm run client:example`: builds the client, and serves the example page beside it.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { ArgumentError, commandLine } from "../../../scripts/commandLine.mjs";
import { buildClient } from "../build/buildClient.ts";

const home = path.resolve(import.meta.dirname, "..");
const served: Readonly<Record<string, string>> = {
  "/example/": "text/html; charset=utf-8",
  "/dist/index.js": "text/javascript",
  "/dist/index.js.map": "application/json",
};
const command = {
  name: "client:example",
  about:
    "Builds the client and serves an example page, which signs in at the Pendo at http://127.0.0.1:4000 and shows messages live. Start that Pendo with PENDO_ORIGINS=http://127.0.0.1:4001.",
  examples: ["PENDO_ORIGINS=http://127.0.0.1:4001 npm start", "npm run client:example"],
  options: { port: { type: "string", value: "N", default: "4001", says: "the port of the page, on 127.0.0.1" } },
} as const;
const port = commandLine(command, (values) => {
  if (!/^\d{1,5}$/.test(values.port)) throw new ArgumentError(`--port must be a port number, not "${values.port}".`);
  return Number(values.port);
});

await buildClient(path.join(home, "dist"));
const server = createServer((request, response) => {
  const pathname = request.url?.split("?")[0] ?? "/";
  const type = served[pathname];
  if (type === undefined) return void response.writeHead(302, { location: "/example/" }).end();
  readFile(path.join(home, pathname.endsWith("/") ? `${pathname}index.html` : pathname)).then(
    (file) => response.writeHead(200, { "content-type": type }).end(file),
    () => response.writeHead(404).end(),
  );
});
server.listen(port, "127.0.0.1", () => process.stdout.write(`The example is at http://127.0.0.1:${port}/example/\n`));
