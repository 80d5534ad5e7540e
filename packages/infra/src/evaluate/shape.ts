import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { textAt } from "../read.ts";
import { platformModules } from "./places.ts";
import { arnOf, type ResourceFacts, overrides } from "./shapes.ts";

type Asked = Pick<ResourceFacts, "type" | "name" | "inputs" | "region" | "account">;

/** Makes up what a provider would have computed: an id, an ARN, addresses. The properties come from the typings in the provider's package. */
export function shapeOf(asked: Asked): { id: string; state: Record<string, unknown>; computed: Readonly<Record<string, unknown>> } {
  const { type, name, inputs, region } = asked;
  const physical = textAt(inputs, "bucket") ?? textAt(inputs, "name") ?? name;
  const named = { ...asked, physical };
  const id = idOf(named);
  const made: ResourceFacts = { ...named, id, arn: arnOf({ ...named, id }) };
  const state: Record<string, unknown> = {};
  for (const [property, typing] of computedProperties(type)) {
    if (property === "region" && type.startsWith("aws:")) state[property] = region;
    else if (property === "tagsAll") state[property] = inputs["tags"] ?? {};
    else state[property] = valueOf(property, typing, made);
  }
  // Some of what was given is answered with computed parts in it: the target of a domain name, the tokens of a sender.
  return { id, state: { ...state, ...inputs }, computed: overrides[type]?.(made) ?? {} };
}

function valueOf(property: string, typing: string, { name, physical, arn }: ResourceFacts): unknown {
  if (property === "arn") return arn;
  if (property.endsWith("Arn") && typing === "string") return `${arn}/${property}`;
  if (property === "name") return physical;
  if (typing === "string") return `${name}-${property}`;
  if (typing === "boolean") return false;
  if (typing === "number") return 1;
  if (typing.endsWith("[]")) return [];
  return typing.startsWith("{") ? {} : undefined;
}

function idOf({ type, name, region, account, physical }: Asked & { physical: string }): string {
  if (type === "aws:sqs/queue:Queue") return `https://sqs.${region}.amazonaws.com/${account}/${physical}`;
  if (namedById.has(type)) return physical;
  return `${name}-id`;
}

// Types whose id is their name.
const namedById = new Set([
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "aws:dynamodb/table:Table",
  "aws:iam/role:Role",
  "aws:lambda/function:Function",
  "aws:cloudwatch/logGroup:LogGroup",
]);

const packages: Record<string, string> = { upstash: "@upstash/pulumi", grafana: "@pulumiverse/grafana" };
const known = new Map<string, ReadonlyMap<string, string>>();

/** The properties that a provider always answers, and how they are typed: out of `aws/sqs/queue.d.ts` for "aws:sqs/queue:Queue". */
function computedProperties(type: string): ReadonlyMap<string, string> {
  const before = known.get(type);
  if (before) return before;
  const [provider = "", module = "index", className = ""] = type.split(":");
  const directory = path.join(platformModules, packages[provider] ?? `@pulumi/${provider}`);
  const within = module.replace(/^index\//, "");
  const camel = className.charAt(0).toLowerCase() + className.slice(1);
  const file = [`${within}.d.ts`, `${within}/${camel}.d.ts`, `${camel}.d.ts`]
    .map((name) => path.join(directory, name))
    .find((candidate) => existsSync(candidate));
  const source = file === undefined ? "" : readFileSync(file, "utf8");
  const typings = source.matchAll(/^ {4}readonly (\w+): pulumi\.Output<([^\n]*?)>;$/gm);
  const properties = new Map([...typings].map(([, property = "", typing = ""]) => [property, typing]));
  for (const [property, typing] of properties) if (typing.includes("| undefined")) properties.delete(property);
  known.set(type, properties);
  return properties;
}
