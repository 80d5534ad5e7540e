import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../evaluate/places.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, textAt } from "../read.ts";
import { awsClients, awsCommands } from "./awsCommands.ts";

export interface Page {
  /** Its file, from docs/runbooks. */
  readonly file: string;
  readonly text: string;
}

/** What a page may speak of. */
export interface PageVocabulary {
  readonly logical: ReadonlySet<string>;
  readonly physical: ReadonlySet<string>;
  /** What an option of the AWS CLI may name, by the option. */
  readonly options: ReadonlyMap<string, ReadonlySet<string>>;
  readonly hosts: ReadonlySet<string>;
  readonly scripts: ReadonlySet<string>;
  /** Of the contract, as "POST /v1/admin/queues/{name}/redrive". */
  readonly routes: readonly string[];
}

export const pagesDir = path.join(root, "docs", "runbooks");

/** All pages of docs/runbooks, the overview included. */
export function pages(): readonly Page[] {
  return readdirSync(pagesDir)
    .filter((file) => file.endsWith(".md"))
    .map((file) => ({ file, text: readFileSync(path.join(pagesDir, file), "utf8") }));
}

/** The names in a graph: those of the stacks, and those in AWS. */
export function knownIn(graph: Graph, routes: readonly string[]): PageVocabulary {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
  const nameInputs = [
    "name",
    "functionName",
    "clusterIdentifier",
    "identifier",
    "globalClusterIdentifier",
    "domainName",
    "dashboardName",
    "bucketPrefix",
  ];
  const custom = graph.resources.filter(({ custom }) => custom);
  return {
    logical: new Set([...graph.resources.map(({ name }) => name), ...graph.secretsRead, ...rulesIn(graph)]),
    options: new Map(
      Object.entries(named).map(([option, [type, input]]) => [
        option,
        new Set(graph.all(type).flatMap(({ inputs }) => textAt(inputs, input) ?? [])),
      ]),
    ),
    physical: new Set(
      custom.flatMap(({ inputs }) => nameInputs.flatMap((input) => (typeof inputs[input] === "string" ? [inputs[input]] : []))),
    ),
    hosts: new Set(graph.all("aws:route53/record:Record").flatMap(({ inputs }) => textAt(inputs, "name")?.replace(/\.$/, "") ?? [])),
    scripts: new Set(Object.keys(scripts)),
    routes,
  };
}

/** The rules of the firewall, which are no resources. */
function rulesIn(graph: Graph): string[] {
  return graph.all(kinds.webAcl).flatMap(({ inputs }) => documentsAt(inputs, "rules").flatMap((rule) => textAt(rule, "name") ?? []));
}

// Which kind of thing an option names, and what of it.
const named: Readonly<Record<string, readonly [type: string, input: string]>> = {
  "db-cluster-identifier": [kinds.cluster, "clusterIdentifier"],
  "db-cluster-identifiers": [kinds.cluster, "clusterIdentifier"],
  "source-db-cluster-identifier": [kinds.cluster, "clusterIdentifier"],
  "Name=DBClusterIdentifier,Value": [kinds.cluster, "clusterIdentifier"],
  "db-instance-identifier": [kinds.clusterInstance, "identifier"],
  "global-cluster-identifier": ["aws:rds/globalCluster:GlobalCluster", "globalClusterIdentifier"],
  "db-proxy-name": ["aws:rds/proxy:Proxy", "name"],
  "backup-vault-name": ["aws:backup/vault:Vault", "name"],
  "application-name": ["aws:codedeploy/application:Application", "name"],
  "alarm-names": [kinds.alarm, "name"],
  "kms-key-id": ["aws:kms/alias:Alias", "name"],
};

/** A line for everything on a page that is not so. */
export function mistakesOn(page: Page, known: PageVocabulary): readonly string[] {
  const checks = [sections, scripts, commands, helpers, literals, names, parameters, routesAsked, hosts, links];
  return checks.flatMap((check) => check(page, known).map((line) => `${page.file}: ${line}`));
}

const SECTIONS = ["Look", "Do", "Verify", "Go back"];

function sections({ file, text }: Page): string[] {
  if (file === "README.md") return [];
  const missing = SECTIONS.filter((section) => !text.includes(`\n## ${section}\n`));
  return [
    ...missing.map((section) => `there is no section "${section}"`),
    ...(text.includes("\n**Takes** ") ? [] : ["it does not say how long it takes"]),
  ];
}

function scripts({ text }: Page, known: PageVocabulary): string[] {
  const unknown = groupsOf(text, /npm run ([a-z:]+)/g).filter((name) => !known.scripts.has(name));
  return unknown.map((name) => `there is no npm run ${name}`);
}

/** Commands of the AWS CLI. Options before the service are passed over. */
function commands({ text }: Page): string[] {
  const called = [...text.matchAll(/\baws (?:--\S+ )*([a-z0-9]+(?:-[a-z]+)*) ([a-z0-9-]+)( [a-z-]+)?/g)];
  return called.flatMap(([, service = "", command = "", after = ""]) => {
    const asked = command === "wait" ? `wait${after}` : command;
    return isCommand(service, asked) ? [] : [`AWS knows no "aws ${service} ${asked}"`];
  });
}

function isCommand(service: string, command: string): boolean {
  const client = awsClients[service];
  if (client === undefined) return awsCommands[service]?.includes(command) === true;
  // Names of commands differ in case alone, as in "UpdateFunctionURLConfig".
  const files = readdirSync(path.join(root, "node_modules", "@aws-sdk", client, "dist-types", "commands"));
  return files.some((file) => file.toLowerCase() === `${command.replaceAll("-", "")}command.d.ts`);
}

// As the README's own functions in the shell look for them.
const helped: Readonly<Record<string, (name: string) => string>> = {
  fn: (name) => `pendo-production-${name}-`,
  logs: (name) => `pendo-production-${name}-`,
  table: (name) => `pendo-production-${name}-`,
  schedule: (name) => `pendo-production-${name}-`,
  queue: (name) => `pendo-production-${name}`,
  bucket: (name) => `pendo-production-${name.toLowerCase()}-`,
};

function helpers({ text }: Page, known: PageVocabulary): string[] {
  const physical = [...known.physical];
  const direct = [...text.matchAll(/(?:\$\(|^|\n)(fn|logs|table|schedule|queue|bucket) ([A-Z]\w+)/g)].map(([, helper = "", name = ""]) => [
    helper,
    name,
  ]);
  const looped = [...text.matchAll(/for (\w) in ([\w ]+); do\n?([^]*?)done/g)].flatMap(([, variable = "", list = "", body = ""]) => {
    const [, helper] = new RegExp(`\\$\\((fn|queue) \\$${variable}\\)`).exec(body) ?? [];
    return helper === undefined
      ? []
      : list
          .trim()
          .split(/ +/)
          .map((name) => [helper, name]);
  });
  return [...direct, ...looped].flatMap(([helper = "", name = ""]) => {
    const prefix = helped[helper]?.(name) ?? "";
    return physical.some((one) => one.startsWith(prefix)) ? [] : [`"${helper} ${name}" finds nothing`];
  });
}

// Names that the pages themselves give to what they make.
const MADE = /-(restored|spoiled|evidence)(-|$)|standbyaurora-2$/;

function literals({ text }: Page, known: PageVocabulary): string[] {
  const lines = text.split("\n").filter((line) => !line.includes("$1"));
  const written = groupsOf(lines.join("\n").replaceAll("$STAGE", "production"), /\b((?:alias\/|aws-waf-logs-)?pendo-production[\w-]*)/g);
  const isKnown = (name: string): boolean =>
    known.physical.has(name) ||
    MADE.test(name) ||
    [...known.physical].some((one) => one.startsWith(`${name}-`) && name !== "pendo-production");
  const prefixes = groupsOf(text.replaceAll("$STAGE", "production"), /-prefix "(pendo-production-[\w-]+)"/g);
  const isPrefix = (name: string): boolean => prefixes.includes(name) && [...known.physical].some((one) => one.startsWith(name));
  const unknown = written
    .filter((name) => !isPrefix(name))
    .filter((name) => !isKnown(name))
    .map((name) => `nothing in AWS is called ${name}`);
  const given = [...text.matchAll(/(?:--|(?=Name=))([\w=,-]+)[ =](pendo-production[\w-]*|alias\/[\w-]+)/g)];
  const misnamed = given.filter(
    ([, option = "", name = ""]) => known.options.get(option)?.has(name) === false && isKnown(name) && !MADE.test(name),
  );
  return [...unknown, ...misnamed.map(([, option = "", name = ""]) => `${name} is no ${option}`)];
}

// Words of AWS, of PostgreSQL and of the tools, which are written as our names are.
const foreign = new Set([
  "ApproximateNumberOfMessages",
  "Count",
  "Disabled",
  "FunctionError",
  "Init",
  "Errors",
  "Throttles",
  "NearTimeout",
  "ReleaseErrors",
  "ThrottlingException",
  "VolumeBytesUsed",
]);
// What the standby has only while it is the active place.
const afterFailover = new Set(["StandbyAuroraReplica0", "StandbyOpenSearchDomain", "StandbySearchKey", "StandbyOpenSearchSecret"]);

/** Names in backticks that begin with a capital letter are those of the stacks. */
function names({ text }: Page, known: PageVocabulary): string[] {
  const prose = text.replaceAll(/```[^]*?```/g, "");
  const written = groupsOf(prose, /`([A-Z][A-Za-z0-9-]*[a-z][A-Za-z0-9]*)`/g);
  return written
    .filter((name) => !known.logical.has(name) && !foreign.has(name) && !afterFailover.has(name) && !name.includes("-A"))
    .map((name) => `the stacks have no ${name}`);
}

// SST's own, which no stack makes.
const sstParameters = ["/sst/bootstrap", "/sst/passphrase/pendo/production"];

function parameters({ text }: Page, known: PageVocabulary): string[] {
  const written = groupsOf(text, /(\/(?:sst|pendo)\/[a-z][\w/.-]*)/g).filter((name) => !/\.(ts|json|md)$/.test(name));
  const asked = written.filter((name) => groupsOf(text, new RegExp(`(?:\`|--name )(${name})(?=[\`\\s])`, "g")).length > 0);
  return asked.filter((name) => !sstParameters.includes(name) && !known.physical.has(name)).map((name) => `there is no parameter ${name}`);
}

function routesAsked({ text }: Page, known: PageVocabulary): string[] {
  const written = [
    ...[...text.matchAll(/\b(GET|PUT|POST|PATCH|DELETE) (\/[\w/{}.-]+)/g)].map(([, method = "", at = ""]) => [method, at]),
    ...[...text.matchAll(/curl ([^\n|]*?)https:\/\/api\.pendo\.app(\/[^\s"'|`]+)/g)].map(([, options = "", at = ""]) => [
      /-X (\w+)/.exec(options)?.[1] ?? "GET",
      at,
    ]),
  ];
  const patterns = known.routes.map((at) => new RegExp(`^${at.replaceAll(/\{\w+\}/g, "[^/]+")}$`));
  return written.flatMap(([method = "", at = ""]) =>
    patterns.some((pattern) => pattern.test(`${method} ${at}`)) ? [] : [`the API has no ${method} ${at}`],
  );
}

function hosts({ text }: Page, known: PageVocabulary): string[] {
  const written = groupsOf(text, /(?<![\w.$-])((?:[a-z0-9-]+\.)*pendo\.app)\b/g);
  const loops = (host: string): boolean => host.endsWith("-.pendo.app");
  return written.filter((host) => !known.hosts.has(host) && !loops(host)).map((host) => `DNS has no ${host}`);
}

function links({ file, text }: Page): string[] {
  return groupsOf(text, /\]\(([^)\s]+)\)/g).flatMap((target) => {
    if (/^https?:/.test(target)) return [];
    const [to = "", anchor] = target.split("#");
    const at = to === "" ? path.join(pagesDir, file) : path.resolve(pagesDir, to);
    if (!existsSync(at)) return [`the link ${target} leads nowhere`];
    if (anchor === undefined) return [];
    const headings = groupsOf(readFileSync(at, "utf8"), /^#+ (.+)$/gm).map(slug);
    return headings.includes(anchor) ? [] : [`the link ${target} leads to no heading`];
  });
}

/** As GitHub names headings. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

function groupsOf(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, one = ""]) => one))];
}

/** The pages that alarms of a graph send people to. */
export function pagesOfAlarms(graph: Graph): readonly string[] {
  const alarms = [...graph.all(kinds.alarm), ...graph.all("aws:cloudwatch/compositeAlarm:CompositeAlarm")];
  const said = alarms.flatMap(({ inputs }) => /Runbook: docs\/runbooks\/(\S+)$/.exec(textAt(inputs, "alarmDescription") ?? "")?.[1] ?? []);
  return [...new Set(said)].toSorted();
}
