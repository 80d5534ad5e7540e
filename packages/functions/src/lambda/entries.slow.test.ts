import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { execFile } from "node:child_process";
import { createCipheriv, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { portNames } from "@pendo/contract/ports";
import { type QueueName, queues } from "@pendo/contract/queues";
import * as nouns from "@pendo/contract/routes/index";
import { schedules } from "@pendo/contract/schedules";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contractEntries, writeEntries } from "./entries.ts";
import { needsOfNoun, needsOfSocket } from "./needs.ts";
import { lambdaRuntime } from "./ports.ts";
import { linkedResources, queueResources, resourcesOf } from "./resources.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
/** The file of every entry, by its name. */
const fileOf: Readonly<Record<string, string>> = {
  ...Object.fromEntries(contractEntries().map(({ kind, name, path }) => [`${kind}/${name}`, join(root, path)])),
  socket: join(root, "packages/functions/src/lambda/socket.ts"),
};
const entries = Object.keys(fileOf);
beforeAll(() => writeEntries(root));

const directory = mkdtempSync(join(tmpdir(), "pendo-entries-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

// Made in the language the child reads: it lists what was loaded, by any kind of import, once the entry is there.
const probe = join(directory, "probe.mjs");
writeFileSync(
  probe,
  `import { registerHooks } from "node:module";
   const loaded = [];
   registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
   const kinds = {};
   for (const entry of process.argv.slice(2)) kinds[entry] = await import(entry).then((module) => typeof module.handler, (error) => String(error));
   process.stdout.write(JSON.stringify({ kinds, loaded }));
   process.exit(0);`,
);

/** What a stage links, as SST would give it. */
function linked(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { ...privateKey.export({ format: "jwk" }), kid: "test", alg: "ES256" };
  const everyQueue = (Object.keys(queues) as QueueName[]).flatMap((name) => Object.values(queueResources(name)));
  return {
    App: { name: "pendo", stage: "test" },
    Database: { host: "db.example", port: 5432, username: "pendo", password: "p@ss/word", database: "pendo" },
    Cache: { url: "https://cache.example", token: "token" },
    Search: { url: "https://search.example", username: "pendo", password: "password" },
    Uploads: { name: "uploads" },
    Connections: { name: "connections" },
    Socket: { url: "wss://socket.example", managementEndpoint: "https://socket.example/live" },
    Mail: { sender: "hello@pendo.example" },
    Push: { vapid: { subject: "mailto:hello@pendo.example", publicKey: "public", privateKey: "private" } },
    Addresses: { publicUrl: "https://api.pendo.example", socketUrl: "wss://socket.pendo.example", vapidPublicKey: `B${"A".repeat(86)}` },
    MasterSecret: { value: Buffer.from(testIds.bytes(32)).toString("base64") },
    SigningKeys: { value: JSON.stringify({ keys: [key] }) },
    ...Object.fromEntries(everyQueue.map((name) => [name, { url: `https://sqs.example/${name}` }])),
  };
}

function variables(resources: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(resources).map(([name, value]) => [`SST_RESOURCE_${name}`, JSON.stringify(value)]));
}

async function load(names: readonly string[], env: Record<string, string>): Promise<{ kinds: Record<string, string>; loaded: string[] }> {
  const urls = names.map((name) => pathToFileURL(fileOf[name]!).href);
  const { stdout } = await promisify(execFile)(process.execPath, [probe, ...urls], {
    env: { AWS_REGION: "eu-central-1", ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  const { kinds, loaded } = JSON.parse(stdout) as { kinds: Record<string, string>; loaded: string[] };
  return { kinds: Object.fromEntries(names.map((name, i) => [name, kinds[urls[i]!]!])), loaded };
}

const HEAVY = ["sharp", "@opensearch-project/opensearch", "@sentry/aws-serverless", "@sentry/core", "pg-boss"];
const heavyIn = (loaded: readonly string[]): string[] =>
  HEAVY.filter((name) => loaded.some((url) => url.includes(`/node_modules/${name}/`)));

test("every entry, linked to the resources of a stage, exports a handler", async () => {
  const { kinds } = await load(entries, variables(linked()));
  expect(kinds).toEqual(Object.fromEntries(entries.map((entry) => [entry, "function"])));
});

test.each(["http/swipes", "http/discovery", "queue/search", "schedule/outboxSweep", "socket"])(
  "%s starts without what is heavy",
  async (entry) => {
    const { kinds, loaded } = await load([entry], variables(linked()));
    expect(kinds[entry]).toBe("function");
    // Or the walk saw nothing.
    expect(loaded.some((url) => url.includes("/node_modules/@middy/core/"))).toBe(true);
    expect(heavyIn(loaded)).toEqual([]);
  },
);

test("a function loads the adapters of its own needs alone, and the SDK ahead of its first request only where it is held ready", async () => {
  const adapters = [
    "client-sqs",
    "client-s3",
    "client-dynamodb",
    "client-sesv2",
    "client-sns",
    "client-rekognition",
    "client-apigatewaymanagementapi",
  ];
  const adaptersIn = async (entry: string, type: string): Promise<string[]> => {
    const { kinds, loaded } = await load([entry], { ...variables(linked()), AWS_LAMBDA_INITIALIZATION_TYPE: type });
    expect(kinds[entry]).toBe("function");
    return adapters.filter((name) => loaded.some((url) => url.includes(`/@aws-sdk/${name}/`)));
  };
  expect(await adaptersIn("http/swipes", "on-demand")).toEqual([]);
  expect(await adaptersIn("http/swipes", "provisioned-concurrency")).toEqual(["client-sqs"]);
  expect(await adaptersIn("http/media", "provisioned-concurrency")).toEqual(["client-sqs", "client-s3"]);
  // What a queue is there for is loaded with it.
  expect(await adaptersIn("queue/email", "on-demand")).toEqual(["client-sesv2"]);
});

test("a function that is not linked to what it needs does not start, and says which resource is missing", async () => {
  const { Cache: _, ...rest } = linked();
  const { kinds } = await load(["http/swipes"], variables(rest));
  expect(kinds["http/swipes"]).toBe("ResourceError: This function is not linked to the resource Cache.");
});

test("a link that holds something else is named, and never quoted", async () => {
  const wrong = { ...linked(), Cache: { url: "http://secret-host", token: "" } };
  const failing = lambdaRuntime(["cache"], variables(wrong));
  await expect(failing).rejects.toThrow("This function's link is unusable: Cache.url is not an https:// address; Cache.token is empty.");
  await expect(failing).rejects.not.toThrow("secret-host");
  expect(() => linkedResources({ QueueEmail: {} }).queueUrl("QueueEmail")).toThrow("QueueEmail.url is not an https:// address");
});

test("a runtime holds exactly the ports that are asked for, each made of the resources that the table names", async () => {
  const all = linked();
  for (const port of portNames) {
    const { required, optional = [] } = resourcesOf[port];
    const named = Object.fromEntries([...required, ...optional, "App"].filter((name) => name in all).map((name) => [name, all[name]]));
    const { ports } = await lambdaRuntime([port], variables(named));
    expect(Object.keys(ports)).toEqual([port]);
    for (const name of required) {
      const { [name]: _, ...without } = named;
      await expect(lambdaRuntime([port], variables(without))).rejects.toThrow(`not linked to the resource ${name}.`);
    }
    // Without what is optional it starts all the same.
    await expect(lambdaRuntime([port], variables(Object.fromEntries(required.map((name) => [name, all[name]]))))).resolves.toBeDefined();
  }
});

test("resources are read from the encrypted file that a deployed function carries", async () => {
  const key = Buffer.from(testIds.bytes(32));
  const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12));
  const text = Buffer.concat([cipher.update(JSON.stringify(linked())), cipher.final(), cipher.getAuthTag()]);
  const file = join(directory, "resource.enc");
  writeFileSync(file, text);
  const { ports } = await lambdaRuntime(["secrets"], { SST_KEY: key.toString("base64"), SST_KEY_FILE: file });
  expect(ports.secrets?.publicUrl).toBe("https://api.pendo.example");
});

test("only the staff's own function reaches dead letters; the bus of all others names live queues alone", () => {
  const reaching = Object.entries(nouns).filter(([, specs]) => needsOfNoun(specs).includes("deadLetters"));
  expect(reaching.map(([noun]) => noun)).toEqual(["admin"]);
  expect([...Object.values(queues), ...Object.values(schedules)].flatMap(({ needs }) => [...needs])).not.toContain("deadLetters");
  expect(needsOfSocket()).not.toContain("deadLetters");
  const dead = (Object.keys(queues) as QueueName[]).map((name) => queueResources(name).dead);
  expect(resourcesOf.bus.required.filter((name) => dead.includes(name))).toEqual([]);
  expect(resourcesOf.deadLetters.required).toEqual(expect.arrayContaining(dead));
});

test("what the middleware asks for is part of a function's needs", () => {
  const spec = { needs: ["storage"], auth: "public" };
  expect(needsOfNoun({ one: spec })).toEqual(["cache", "storage"]);
  expect(needsOfNoun({ one: spec, two: { ...spec, auth: "user", idempotent: true } }).toSorted()).toEqual([
    "cache",
    "db",
    "secrets",
    "storage",
  ]);
  expect(needsOfSocket()).toEqual(expect.arrayContaining(["db", "cache", "connections", "sockets", "secrets", "bus"]));
});
