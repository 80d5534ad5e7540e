// Generates clients from the OpenAPI document with openapi-generator, compiles them, and walks the main job with each
// against a running host. It shows that the document serves generators that are not ours.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startOneMachine } from "@pendo/host/oneMachine";
import { serveCodes } from "./generatedClients/codes.ts";
import { install } from "./generatedClients/install.ts";
import { chosenLanguages, languageNames } from "./generatedClients/languages.ts";
import { countsOf, lineOf, type Result } from "./generatedClients/results.ts";
import { tryLanguage } from "./generatedClients/tryLanguage.ts";
import { commandLine } from "../../../scripts/commandLine.mjs";

const languages = commandLine(
  {
    name: "clients:generated",
    about:
      "Generates clients from the OpenAPI document of a running host with openapi-generator, compiles them, and walks the main job with each. Swift is compiled on macOS alone, and not walked. It needs Java and Python 3, installs the rest below .cache, and ends with 3 where it cannot.",
    options: { only: { type: "string", value: "LANGUAGES", says: `some of them: ${languageNames.join(",")}` } },
    examples: ["npm run clients:generated -- --only typescript,python"],
  },
  ({ only }) => (only === undefined ? languageNames : chosenLanguages(only)),
);
const tools = await install(languages).catch((error: unknown) => {
  process.stderr.write(`The generator or a compiler cannot be installed: ${String(error)}\n`);
  process.exit(3);
});

const directory = await mkdtemp(path.join(tmpdir(), "pendo-generated-clients-"));
const said: string[] = [];
const write = (line: string): void => void said.push(line);
const dataDir = path.join(directory, "data");
const host = await startOneMachine({ dataDir, port: 0, host: "127.0.0.1", logLevel: "errors", mode: "test", write });
const codes = await serveCodes(host);
const document = path.join(directory, "openapi.json");
await writeFile(document, await (await fetch(`${host.url}/openapi.json`)).text());

const results: Result[] = [];
for (const language of languages) {
  const result = await tryLanguage({ language, tools, document, directory, url: host.url, codesUrl: codes.url });
  process.stdout.write(`${lineOf(result)}\n`);
  for (const { wrong } of result.steps) if (wrong !== undefined) process.stdout.write(`${wrong}\n`);
  results.push(result);
}
await codes.stop();
await host.stop();
await rm(directory, { recursive: true, force: true });

const { passed, failed } = countsOf(results);
// A bug of the host is a failure also where a client does not see it.
for (const line of said) process.stderr.write(`${line}\n`);
process.stdout.write(`\n${passed} passed, ${failed + said.length} failed\n`);
process.exit(failed + said.length > 0 ? 1 : 0);
