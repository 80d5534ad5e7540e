import { createHash } from "node:crypto";
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { ListSecretsCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DescribeParametersCommand, GetParametersCommand, type ParameterMetadata, type SSMClient } from "@aws-sdk/client-ssm";
import { type BackupDocument, stateCopyKey } from "./document.ts";

export interface BackupOptions {
  readonly ssm: SSMClient;
  readonly secrets: SecretsManagerClient;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly app: string;
  readonly stage: string;
  readonly at: Date;
  /** Parameters are looked for under these paths. */
  readonly parameterPaths: readonly string[];
}

export interface BackedUp {
  /** The key of the document. */
  readonly key: string;
  readonly parameters: number;
  readonly secrets: number;
  readonly states: number;
}

const PAGES_MAX = 100;
const NAMES_MAX = 10;
/** Where SST says which buckets are its own. */
const BOOTSTRAP = "/sst/bootstrap";

/**
 * Writes a dated copy of the stage's configuration: `<stage>/<time>/backup.json`, with SST's states under `<stage>/<time>/state/`. The document comes
 * last, so one that is there is whole. Throws where anything of it could not be read or written.
 */
export async function backUp(options: BackupOptions): Promise<BackedUp> {
  const { app, stage, at } = options;
  const folder = `${stage}/${at.toISOString().replaceAll(":", "-")}`;
  const [found, secrets] = await Promise.all([describeParameters(options), listSecrets(options)]);
  const parameters = await readParameters(
    options,
    found.filter(({ Type }) => Type !== "SecureString"),
  );
  const states = await copyStates(options, folder);
  const document: BackupDocument = {
    version: 1,
    app,
    stage,
    takenAt: at.toISOString(),
    parameters,
    secrets: [...found.filter(({ Type }) => Type === "SecureString").map(secretParameter), ...secrets].toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
    states,
  };
  const key = `${folder}/backup.json`;
  await put(options, key, JSON.stringify(document, null, 2));
  return { key, parameters: parameters.length, secrets: document.secrets.length, states: states.length };
}

async function describeParameters({ ssm, parameterPaths }: BackupOptions): Promise<ParameterMetadata[]> {
  const filters = [{ Key: "Name", Option: "BeginsWith", Values: [...parameterPaths] }];
  const all = await pages(async (token) => {
    const command = new DescribeParametersCommand({
      ParameterFilters: filters,
      MaxResults: 50,
      ...(token !== undefined && { NextToken: token }),
    });
    const { Parameters, NextToken } = await ssm.send(command);
    return { items: Parameters, next: NextToken };
  });
  return all.filter(({ Name }) => Name !== undefined);
}

async function readParameters({ ssm }: BackupOptions, described: readonly ParameterMetadata[]): Promise<BackupDocument["parameters"]> {
  const read: BackupDocument["parameters"] = [];
  for (let from = 0; from < described.length; from += NAMES_MAX) {
    const slice = described.slice(from, from + NAMES_MAX);
    // One that was deleted meanwhile is not answered, and not missed.
    const { Parameters = [] } = await ssm.send(
      new GetParametersCommand({ Names: slice.map(({ Name = "" }) => Name), WithDecryption: false }),
    );
    for (const { Name, Type, Value, Version, LastModifiedDate } of Parameters) {
      if (Name === undefined || Value === undefined || (Type !== "String" && Type !== "StringList")) continue;
      read.push({ name: Name, type: Type, value: Value, version: Version ?? 0, changedAt: LastModifiedDate?.toISOString() ?? null });
    }
  }
  return read.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function secretParameter({ Name = "", Version, LastModifiedDate }: ParameterMetadata): BackupDocument["secrets"][number] {
  return { store: "parameters", name: Name, version: String(Version ?? ""), changedAt: LastModifiedDate?.toISOString() ?? null };
}

async function listSecrets({ secrets }: BackupOptions): Promise<BackupDocument["secrets"]> {
  const all = await pages(async (token) => {
    const { SecretList, NextToken } = await secrets.send(
      new ListSecretsCommand({ MaxResults: 100, ...(token !== undefined && { NextToken: token }) }),
    );
    return { items: SecretList, next: NextToken };
  });
  return all.flatMap(({ Name, SecretVersionsToStages = {}, LastChangedDate }) => {
    if (Name === undefined) return [];
    const current = Object.entries(SecretVersionsToStages).find(([, labels]) => labels.includes("AWSCURRENT"))?.[0] ?? "";
    return [{ store: "secretsManager" as const, name: Name, version: current, changedAt: LastChangedDate?.toISOString() ?? null }];
  });
}

/** What SST knows of the stage: its resources, and its secrets, which it has encrypted. */
async function copyStates(options: BackupOptions, folder: string): Promise<BackupDocument["states"]> {
  const { app, stage } = options;
  const bucket = await stateBucket(options);
  const copied: BackupDocument["states"] = [];
  for (const kind of ["app", "secret"] as const) {
    const key = `${kind}/${app}/${stage}.json`;
    const body = await stateIn(options, bucket, key);
    if (body === null && kind === "app") throw new Error(`SST's bucket holds no state of the stage: there is no ${key}.`);
    if (body === null) continue;
    await put(options, `${folder}/${stateCopyKey(key)}`, body);
    copied.push({ key, bytes: body.byteLength, sha256: createHash("sha256").update(body).digest("hex") });
  }
  return copied;
}

async function stateBucket({ ssm }: BackupOptions): Promise<string> {
  const { Parameters: [bootstrap] = [] } = await ssm.send(new GetParametersCommand({ Names: [BOOTSTRAP] }));
  try {
    const { state } = JSON.parse(bootstrap?.Value ?? "") as { state?: unknown };
    if (typeof state === "string" && state !== "") return state;
  } catch {
    // Said below.
  }
  throw new Error(`The parameter ${BOOTSTRAP} does not say which bucket holds SST's state.`);
}

async function stateIn({ s3 }: BackupOptions, bucket: string, key: string): Promise<Uint8Array | null> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToByteArray()) ?? null;
  } catch (error) {
    if (error instanceof NoSuchKey) return null;
    throw error;
  }
}

async function put({ s3, bucket }: BackupOptions, key: string, body: string | Uint8Array): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/json" }));
}

async function pages<Item>(ask: (token?: string) => Promise<{ items?: Item[] | undefined; next?: string | undefined }>): Promise<Item[]> {
  const found: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const { items = [], next } = await ask(token);
    found.push(...items);
    if (next === undefined || next === "") return found;
    token = next;
  }
  throw new Error(`There are more than ${PAGES_MAX} pages of names.`);
}
