import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askConsole } from "@pendo/host/console/askConsole";
import { startHost } from "../e2e/childHost.ts";
import { runScript } from "../terminal/runScript.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const run = promisify(execFile);
const page = readFileSync(path.join(root, "docs/quickstart.md"), "utf8");
const quickstart = /^```js\n([^]*?)^```$/m.exec(page)?.[1] ?? "";
const BROWSER_GZIP_BYTES_MAX = 15_000;

/** An app outside the repository, in which the packed client is installed. */
const app = mkdtempSync(path.join(tmpdir(), "pendo-app-"));
afterAll(() => rmSync(app, { recursive: true, force: true }));

beforeAll(async () => {
  const built = path.join(app, "built");
  await run(process.execPath, ["scripts/run.mjs", "packages/client/build.ts", "--out", built], { cwd: root });
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", app, built]);
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  mkdirSync(path.join(app, "node_modules/@pendo/client"), { recursive: true });
  await run("tar", ["-xzf", path.join(app, filename), "--strip-components=1", "-C", path.join(app, "node_modules/@pendo/client")]);
  for (const name of ["zod", "ws"]) symlinkSync(path.join(root, "node_modules", name), path.join(app, "node_modules", name));
  writeFileSync(path.join(app, "package.json"), '{ "type": "module" }');
});

test("the whole client costs a browser at most 15 kB, gzipped, and brings no schema", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: 'import * as pendo from "@pendo/client"; globalThis.pendo = pendo;', resolveDir: app },
    ...{ bundle: true, minify: true, format: "esm", platform: "browser", write: false, metafile: true },
  });

  const bytes = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;

  process.stderr.write(`The client is ${bytes} bytes, gzipped.\n`);
  expect(bytes).toBeLessThanOrEqual(BROWSER_GZIP_BYTES_MAX);
  expect(Object.keys(metafile.inputs).filter((file) => /zod|contract/.test(file))).toEqual([]);
});

test("an app compiles against the declarations of the package, and a mistake does not", async () => {
  const compile = async (name: string, source: string): Promise<string> => {
    writeFileSync(path.join(app, name), source);
    const options = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "false",
      "--target",
      "es2022",
      "--lib",
      "es2022,dom",
      "--types",
      "",
    ];
    const tsc = ["scripts/run.mjs", "tsc", ...options, "--module", "nodenext", path.join(app, name)];
    return await run(process.execPath, tsc, { cwd: root }).then(
      () => "",
      (error: { stdout: string }) => error.stdout,
    );
  };
  const begin = 'import { client, live } from "@pendo/client";\nconst pendo = client({ baseUrl: "" });\n';

  const good = await compile(
    "good.ts",
    `${begin}export const first: string | undefined = (await pendo.conversations.list()).items[0]?.id;\nlive({ client: pendo, onFrame: (frame) => frame.type });`,
  );
  const bad = await compile("bad.ts", `${begin}await pendo.swipes.record({ targetId: "x", action: "lick" });`);

  expect(good).toBe("");
  expect(bad).toContain("lick");
});

test("the quickstart has at most 25 lines of code", () => {
  const lines = quickstart.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("//"));
  expect(lines.length).toBeGreaterThan(10);
  expect(quickstart.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
});

test("the quickstart signs in and receives its message live, also on the Node that npm runs with", async () => {
  const dataDir = path.join(app, "data");
  expect(await runScript("seed", ["--users", "100", "--data", dataDir])).toMatchObject({ code: 0 });
  const host = await startHost({ PORT: "0", PENDO_DATA: dataDir });
  try {
    const ofNpm = process.env["npm_node_execpath"] ?? process.execPath;
    // What page and package say of Node 20, which has neither.
    const onNode20 = `import { WebSocket } from "ws";\n${quickstart}`
      .replace("onFrame })", "onFrame, WebSocket })")
      .replace(
        "Promise.withResolvers()",
        "(() => { const it = {}; it.promise = new Promise((resolve) => (it.resolve = resolve)); return it; })()",
      );
    expect(await play(process.execPath, quickstart, host)).toMatch(/^Code: \n?Live: Hello!\n$/);
    expect(await play(ofNpm, onNode20, host)).toMatch(/^Code: \n?Live: Hello!\n$/);
  } finally {
    await host.kill("SIGINT");
  }
});

/** Runs the code as an app does, and types the code of the email. @returns what it printed */
async function play(node: string, source: string, host: { readonly url: string; readonly consoleSecret: string }): Promise<string> {
  const file = path.join(app, "quickstart.mjs");
  writeFileSync(file, source);
  const earlier = await newestCode(host);
  const child = spawn(node, [file], { cwd: app, env: { PENDO_URL: host.url }, stdio: ["pipe", "pipe", "inherit"] });
  const printed = text(child.stdout);
  await expect.poll(() => newestCode(host)).not.toBe(earlier);
  child.stdin.write(`${await newestCode(host)}\n`);
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).toBe(0);
  return await printed;
}

async function newestCode(host: { readonly url: string; readonly consoleSecret: string }): Promise<string | undefined> {
  const mail = await askConsole(host, "GET /mail?limit=1&to=person-2@seed.pendo.test");
  const { items } = (await mail.json()) as { items: { content: { text: string } }[] };
  return /\b\d{6,10}\b/.exec(items[0]?.content.text ?? "")?.[0];
}
