// Holds the documents of the API against their specifications: Redocly lints the OpenAPI document, and the parser of the AsyncAPI
// Initiative reads the other one. Each judge must also find a planted mistake.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openApi } from "@pendo/contract/openapi";
import { asyncApi } from "@pendo/contract/reference/asyncapi";
import { asyncApiFindings, install, openApiFindings } from "./apiLint/judges.ts";
import { commandLine } from "../../../scripts/commandLine.mjs";

commandLine({
  name: "api:lint",
  about:
    "Lints the OpenAPI document with Redocly, and the AsyncAPI document with the parser of the AsyncAPI Initiative. It installs both below .cache, and ends with 3 where it cannot.",
  options: {},
});
const judges = await install().catch((error: unknown) => {
  process.stderr.write(`The judges cannot be installed: ${String(error)}\n`);
  process.exit(3);
});
const directory = await mkdtemp(path.join(tmpdir(), "pendo-api-lint-"));
const written = async (name: string, document: object): Promise<string> => {
  const file = path.join(directory, name);
  await writeFile(file, JSON.stringify(document));
  return file;
};

const { paths, ...rest } = openApi();
// A path parameter that no parameter describes, and a message that is not there.
const brokenOpenApi = { ...rest, paths: { ...paths, "/v1/planted/{id}": { get: paths["/v1/me"]?.["get"] } } };
const brokenAsyncApi = { ...asyncApi(), operations: { planted: { action: "send", channel: { $ref: "#/channels/nowhere" } } } };
const results = [
  { name: "openapi.json", wrong: await openApiFindings(judges, await written("openapi.json", openApi())), planted: false },
  { name: "asyncapi.json", wrong: await asyncApiFindings(judges, await written("asyncapi.json", asyncApi())), planted: false },
  { name: "a broken openapi.json", wrong: await openApiFindings(judges, await written("broken.json", brokenOpenApi)), planted: true },
  {
    name: "a broken asyncapi.json",
    wrong: await asyncApiFindings(judges, await written("brokenAsync.json", brokenAsyncApi)),
    planted: true,
  },
];
await rm(directory, { recursive: true, force: true });

const failed = results.filter(({ wrong, planted }) => wrong.length > 0 !== planted);
for (const { name, wrong, planted } of results) {
  process.stdout.write(
    `${name}: ${planted ? "the planted mistake is found" : "no error"}: ${wrong.length > 0 === planted ? "yes" : "NO"}\n`,
  );
  if (!planted) for (const one of wrong) process.stdout.write(`  ${one}\n`);
}
process.stdout.write(`\n${results.length - failed.length} passed, ${failed.length} failed\n`);
process.exit(failed.length > 0 ? 1 : 0);
