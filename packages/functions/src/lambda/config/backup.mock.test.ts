import { createHash } from "node:crypto";
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DescribeParametersCommand, GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, test } from "vitest";
import { backUp } from "./backup.ts";
import { BackupDocument } from "./document.ts";

const [ssm, secrets, s3] = [mockClient(SSMClient), mockClient(SecretsManagerClient), mockClient(S3Client)];
const region = { region: "eu-west-1" };
const clients = { ssm: new SSMClient(region), secrets: new SecretsManagerClient(region), s3: new S3Client(region) };
const options = {
  ...clients,
  bucket: "backups",
  app: "pendo",
  stage: "production",
  at: new Date("2026-05-01T03:00:00Z"),
  parameterPaths: ["/pendo/", "/sst/"],
};
const changed = new Date("2026-04-01T00:00:00Z");
const bootstrap = { version: 3, asset: "sst-asset-abc", state: "sst-state-abc" };
/** Thirteen parameters, of which one is a secret. */
const parameters = [
  { Name: "/sst/bootstrap", Type: "String" as const, Value: JSON.stringify(bootstrap) },
  { Name: "/sst/passphrase/pendo/production", Type: "SecureString" as const, Value: "the passphrase, encrypted" },
  ...Array.from({ length: 11 }, (_, i) => ({
    Name: `/pendo/production/p${i}`,
    Type: i === 0 ? ("StringList" as const) : ("String" as const),
    Value: `v${i}`,
  })),
].map((one) => ({ ...one, Version: 7, LastModifiedDate: changed }));
let states: Record<string, string>;
let written: Map<string, string>;

beforeEach(() => {
  for (const mock of [ssm, secrets, s3]) mock.reset();
  states = { "app/pendo/production.json": '{"resources":[]}', "secret/pendo/production.json": "encrypted" };
  written = new Map();
  ssm.on(DescribeParametersCommand).callsFake(({ NextToken }: { NextToken?: string }) => ({
    Parameters: parameters.slice(NextToken ? 5 : 0, NextToken ? undefined : 5).map((one) => ({ ...one, Value: undefined })),
    ...(!NextToken && { NextToken: "more" }),
  }));
  ssm
    .on(GetParametersCommand)
    .callsFake(({ Names }: { Names: string[] }) => ({ Parameters: parameters.filter(({ Name }) => Names.includes(Name)) }));
  secrets.on(ListSecretsCommand).resolves({
    SecretList: [
      { Name: "DatabaseSecret", SecretVersionsToStages: { old: ["AWSPREVIOUS"], new: ["AWSCURRENT"] }, LastChangedDate: changed },
      {},
    ],
  });
  s3.on(GetObjectCommand).callsFake(({ Bucket, Key }: { Bucket: string; Key: string }) => {
    const body = Bucket === bootstrap.state ? states[Key] : undefined;
    if (body === undefined) throw new NoSuchKey({ message: "no", $metadata: {} });
    return { Body: { transformToByteArray: async () => Buffer.from(body) } };
  });
  s3.on(PutObjectCommand).callsFake(({ Bucket, Key, Body }: { Bucket: string; Key: string; Body: string | Uint8Array }) => {
    written.set(`${Bucket}/${Key}`, Buffer.from(Body as string).toString());
    return {};
  });
});

const folder = "backups/production/2026-05-01T03-00-00.000Z";
const document = (): BackupDocument => BackupDocument.parse(JSON.parse(written.get(`${folder}/backup.json`) ?? "null"));

test("parameters are copied with their values, secrets without, and SST's states beside them", async () => {
  expect(await backUp(options)).toEqual({ key: "production/2026-05-01T03-00-00.000Z/backup.json", parameters: 12, secrets: 2, states: 2 });
  const { parameters: copied, secrets: listed, states: kept, ...about } = document();
  expect(about).toEqual({ version: 1, app: "pendo", stage: "production", takenAt: "2026-05-01T03:00:00.000Z" });
  expect(copied).toHaveLength(12);
  expect(copied).toContainEqual({
    name: "/pendo/production/p0",
    type: "StringList",
    value: "v0",
    version: 7,
    changedAt: changed.toISOString(),
  });
  expect(listed).toEqual([
    { store: "parameters", name: "/sst/passphrase/pendo/production", version: "7", changedAt: changed.toISOString() },
    { store: "secretsManager", name: "DatabaseSecret", version: "new", changedAt: changed.toISOString() },
  ]);
  expect(kept).toEqual(
    Object.entries(states).map(([key, body]) => ({ key, bytes: body.length, sha256: createHash("sha256").update(body).digest("hex") })),
  );
  for (const [key, body] of Object.entries(states)) expect(written.get(`${folder}/state/${key}`)).toBe(body);
  // Written last: whoever finds it finds everything that it names.
  expect([...written.keys()].at(-1)).toBe(`${folder}/backup.json`);
});

test("no secret is ever asked for, decrypted or written", async () => {
  await backUp(options);
  const asked = ssm.commandCalls(GetParametersCommand).map((call) => call.args[0].input);
  expect(asked.flatMap(({ Names }) => Names)).not.toContain("/sst/passphrase/pendo/production");
  expect(asked.filter(({ WithDecryption }) => WithDecryption === true)).toEqual([]);
  // Ten names a call is what the service takes.
  expect(Math.max(...asked.map(({ Names = [] }) => Names.length))).toBeLessThanOrEqual(10);
  expect([...written.values()].join("")).not.toContain("the passphrase");
  expect(secrets.calls()).toHaveLength(1);
});

test("only the paths that are asked for are looked through", async () => {
  await backUp(options);
  expect(ssm.commandCalls(DescribeParametersCommand)[0]?.args[0].input.ParameterFilters).toEqual([
    { Key: "Name", Option: "BeginsWith", Values: ["/pendo/", "/sst/"] },
  ]);
});

test("a stage without secrets of SST's has one state", async () => {
  delete states["secret/pendo/production.json"];
  expect(await backUp(options)).toMatchObject({ states: 1 });
});

test("a stage whose state is not where SST keeps it fails, and leaves no document", async () => {
  delete states["app/pendo/production.json"];
  await expect(backUp(options)).rejects.toThrow("SST's bucket holds no state of the stage: there is no app/pendo/production.json.");
  expect([...written.keys()].filter((key) => key.endsWith("backup.json"))).toEqual([]);
});

test.each(["", "no JSON", "{}"])("a bootstrap parameter that says %j fails by its name", async (Value) => {
  ssm.on(GetParametersCommand).resolves({ Parameters: [{ Name: "/sst/bootstrap", Type: "String", Value }] });
  await expect(backUp(options)).rejects.toThrow("The parameter /sst/bootstrap does not say which bucket holds SST's state.");
});

test("what can't be read or written fails the backup", async () => {
  s3.on(PutObjectCommand).rejects(new Error("AccessDenied"));
  await expect(backUp(options)).rejects.toThrow("AccessDenied");
});
