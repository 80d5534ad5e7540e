import { sharedParameter } from "@pendo/operations/shared";
import { sharedExample } from "../shared.ts";

// What the configuration may ask AWS while it is evaluated, and what it is answered. The table grows with the stacks; a call that is not in it
// fails by name, since any other answer would be a guess.

export interface Asking {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly account: string;
}

export const invokes: Readonly<Record<string, (asking: Asking) => Readonly<Record<string, unknown>>>> = {
  "aws:index/getRegion:getRegion": ({ region }) => ({ region, name: region, id: region, description: region }),
  "aws:index/getPartition:getPartition": () => ({
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
    id: "aws",
  }),
  "aws:index/getCallerIdentity:getCallerIdentity": ({ account }) => ({
    accountId: account,
    arn: `arn:aws:iam::${account}:root`,
    userId: "AIDA",
    id: account,
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": ({ region }) => ({
    names: ["a", "b", "c"].map((zone) => region + zone),
    zoneIds: ["1", "2", "3"].map((zone) => `${region}-az${zone}`),
    state: "available",
    id: region,
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": ({ inputs }) => ({ json: policyDocument(inputs), id: "document" }),
  "aws:ec2/getAmi:getAmi": () => ({ id: "ami-0123456789abcdef0", imageId: "ami-0123456789abcdef0" }),
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": ({ inputs }) => ({ id: `pl-${String(inputs["name"])}`, name: inputs["name"] }),
  "aws:ssm/getParameter:getParameter": ({ inputs }) => ({
    id: inputs["name"],
    name: inputs["name"],
    value: parameter(String(inputs["name"])),
  }),
  "aws:secretsmanager/getSecretVersion:getSecretVersion": ({ inputs }) => ({
    id: `${String(inputs["secretId"])}|AWSCURRENT`,
    secretId: inputs["secretId"],
    secretString: JSON.stringify({ username: "pendo", password: "p".repeat(32) }),
  }),
  "aws:route53/getZone:getZone": ({ inputs }) => ({ id: "Z0123456789", zoneId: "Z0123456789", name: inputs["name"] }),
};

/** Parameters that other stages publish, and SST. */
function parameter(name: string): string {
  if (name === "/sst/bootstrap") return JSON.stringify({ state: "sst-state-offline", asset: "sst-asset-offline" });
  if (name === sharedParameter) return JSON.stringify(sharedExample);
  throw new Error(`The configuration reads the parameter ${name}, which no stage publishes.`);
}

interface Statement {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
  readonly conditions?: readonly { readonly test: string; readonly variable: string; readonly values: readonly string[] }[];
}

/** The document that AWS makes of Pulumi's statements. */
function policyDocument(inputs: Readonly<Record<string, unknown>>): string {
  const statements = (inputs["statements"] ?? []) as readonly Statement[];
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((s) => ({
      ...(s.sid !== undefined && { Sid: s.sid }),
      Effect: s.effect ?? "Allow",
      ...(s.actions && { Action: s.actions }),
      ...(s.notActions && { NotAction: s.notActions }),
      ...(s.resources && { Resource: s.resources }),
      ...(s.notResources && { NotResource: s.notResources }),
      ...(s.principals && { Principal: principals(s.principals) }),
      ...(s.conditions && { Condition: conditions(s.conditions) }),
    })),
  });
}

function principals(of: NonNullable<Statement["principals"]>): unknown {
  return of.some(({ type }) => type === "*") ? "*" : Object.fromEntries(of.map(({ type, identifiers }) => [type, identifiers]));
}

function conditions(of: NonNullable<Statement["conditions"]>): unknown {
  const tests: Record<string, Record<string, readonly string[]>> = {};
  for (const { test, variable, values } of of) tests[test] = { ...tests[test], [variable]: values };
  return tests;
}
