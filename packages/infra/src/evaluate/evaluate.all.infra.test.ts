import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type EvaluationOptions } from "./options.ts";
import { evaluate, EvaluationError } from "./evaluate.ts";
import { root } from "./places.ts";

// Configurations with one mistake each. They are text, because most of them would not compile.
const place = path.join(".cache", "infra-fixtures", String(process.pid));
const handler = path.relative(root, path.join(import.meta.dirname, "handler.fixture"));
afterAll(() => rmSync(path.join(root, place), { recursive: true, force: true }));

interface Fixture {
  readonly run: string;
  readonly before?: string;
  readonly options?: Partial<EvaluationOptions>;
}

let count = 0;
function evaluated({ run, before = "", options = {} }: Fixture): ReturnType<typeof evaluate> {
  const config = path.join(place, `fixture${count++}.config.ts`);
  mkdirSync(path.join(root, place), { recursive: true });
  const app = `{ name: "fixture", home: "aws", removal: "remove", providers: { aws: { region: "eu-west-1" } } }`;
  writeFileSync(
    path.join(root, config),
    `${before}\nexport default $config({\n  app: () => (${app}),\n  async run() {\n${run}\n  },\n});\n`,
  );
  return evaluate({ stage: "test", dev: false, bundle: false, withoutSecrets: [], config, ...options }, { say: () => undefined });
}

const fn = (name: string, more = ""): string => `new sst.aws.Function("${name}", { runtime: "nodejs24.x", ${more} });`;

interface Mistake extends Fixture {
  readonly what: string;
  readonly says: RegExp;
}

const mistakes: readonly Mistake[] = [
  {
    what: "an import at the top",
    before: `import os from "node:os"; console.log(os.EOL);`,
    run: "",
    says: /^The configuration may have no top-level imports: import "node:os" inside run\(\) \(.*fixture\d+\.config\.ts:1\)$/,
  },
  {
    what: "two components of one name",
    run: `new sst.aws.Queue("Mails"); new sst.aws.Queue("mails");`,
    says: /^Component name mails is not unique/,
  },
  {
    what: "a handler whose file is missing",
    run: fn("Ghost", `handler: "packages/nowhere.handler"`),
    says: /^Function Ghost: there is no file for the handler packages\/nowhere\.handler\.$/,
  },
  {
    what: "a handler that its file does not export",
    run: fn("Ghost", `handler: "${handler}.absent"`),
    says: /^Function Ghost: packages\/infra\/src\/evaluate\/handler\.fixture\.ts has no export "absent"\.$/,
  },
  {
    what: "under sst dev, a handler that its file does not export",
    run: fn("Ghost", `handler: "${handler}.absent"`),
    options: { dev: true },
    says: /^Function Ghost: .* has no export "absent"\.$/,
  },
  {
    what: "a secret without a value",
    run: `new aws.sns.Topic("Topic", { displayName: new sst.Secret("Salt").value });`,
    options: { withoutSecrets: ["Salt"] },
    says: /^Set a value for Salt with `sst secret set Salt <value>`$/,
  },
  {
    what: "a call that has no answer offline",
    run: `aws.getArnOutput({ arn: "arn:aws:s3:::x" }).apply(({ service }) => new aws.sns.Topic("Topic", { name: service }));`,
    says: /^The configuration calls aws:index\/getArn:getArn\(\{"arn":"arn:aws:s3:::x"\}\), which has no offline answer; add one to .*invokes\.ts$/,
  },
  {
    what: "an output that never resolves",
    run: `new aws.sns.Topic("Topic", { displayName: new Promise<string>(() => {}) });`,
    says: /^Something never resolves; these wait for it: aws:sns\/topic:Topic Topic\.$/,
  },
  {
    what: "an error inside apply",
    run: `new aws.sqs.Queue("Queue").id.apply(() => { throw new Error("no such id"); });`,
    says: /^no such id$/,
  },
  {
    what: "a required property that is missing",
    run: `new aws.iam.Role("Role", {} as any);`,
    says: /^Missing required property 'assumeRolePolicy' \(.*fixture\d+\.config\.ts:5\)$/,
  },
  {
    what: "SST's own complaint",
    run: `new sst.aws.OpenSearch("Search", { storage: "5 GB" });`,
    says: /storage/i,
  },
  {
    what: "a thrown sentence",
    run: `throw new Error("The region eu-moon-1 does not exist.");`,
    says: /^The region eu-moon-1 does not exist\.$/,
  },
  {
    what: "a slip of the code",
    run: `(undefined as any).queue.arn;`,
    says: /^Cannot read properties of undefined \(reading 'queue'\) \(.*:5\)$/,
  },
  { what: "a file that does not parse", run: `const = 1;`, says: /^Expected identifier but found "=" \(.*fixture\d+\.config\.ts:5\)$/ },
];

describe.concurrent("an evaluation refuses, in one line,", () => {
  test.each(mistakes)("$what", async ({ says, ...fixture }) => {
    const failure = await evaluated(fixture).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(EvaluationError);
    expect((failure as Error).message).toMatch(says);
    expect((failure as Error).message).not.toMatch(/\n|^\s*at /);
  });
});

describe.concurrent("an evaluation", () => {
  const run = `
    const salt = new sst.Secret("Salt");
    const queue = new sst.aws.Queue("Letters", { dlq: new sst.aws.Queue("DeadLetters").arn });
    const permissions = [{ actions: ["sqs:ReceiveMessage"], resources: [queue.arn] }];
    const postman = ${fn("Postman", `handler: "${handler}.handler", link: [salt], permissions, environment: { PLANET: "mars" }`)}
    queue.subscribe(postman.arn);
    return { queue: queue.url };`;

  test("knows what was made, where, and of what", async () => {
    const { graph } = await evaluated({ run });
    const lambda = graph.resources.find(({ type }) => type === "aws:lambda/function:Function");
    expect(lambda).toMatchObject({
      name: "PostmanFunction",
      region: "eu-west-1",
      inputs: { runtime: "nodejs24.x", environment: { variables: { PLANET: "mars" } } },
    });
    expect(graph.functions).toMatchObject([{ functionID: "Postman", links: { Salt: { value: "secret:Salt" } } }]);
    expect(graph.secretsRead).toEqual(["Salt"]);
    expect(graph.outputs).toMatchObject({
      queue: expect.stringMatching(/^https:\/\/sqs\.eu-west-1\.amazonaws\.com\/123456789012\/fixture-test-Letters/) as string,
    });
  });

  test("is the same every time", async () => {
    const [one, other] = await Promise.all([evaluated({ run }), evaluated({ run })]);
    const ordered = ({ graph }: typeof one): unknown => graph.resources.toSorted((a, b) => a.urn.localeCompare(b.urn));
    expect(ordered(one)).toEqual(ordered(other));
  });

  test("bundles every handler, starts it with its links and its environment, and says which links it read", async () => {
    const { graph } = await evaluated({ run, options: { bundle: true } });
    const [postman] = graph.functions;
    expect(postman?.built).toMatchObject({ uses: ["Salt"], warnings: [] });
    expect(postman?.built?.startBytes).toBeGreaterThan(500);
    expect(postman?.built?.bytes).toBe(postman?.built?.startBytes);
  });

  test("refuses a function that does not start without a link", async () => {
    const failure = await evaluated({ run: run.replace("link: [salt]", "link: []"), options: { bundle: true } }).catch(
      (error: unknown) => error,
    );
    expect(String(failure)).toMatch(/Function Postman does not start: Postman is not linked to Salt\./);
  });
});
