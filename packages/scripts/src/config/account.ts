import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeSecretCommand, ResourceNotFoundException, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { RestoreError, type Target } from "./restore.ts";

/** The account and region that the environment's credentials are for. */
export function account(): Target {
  const [ssm, secrets, s3] = [new SSMClient({}), new SecretsManagerClient({}), new S3Client({})];
  let bucket: Promise<string> | undefined;

  async function readParameter(name: string): Promise<string | null> {
    const found = await missing(ParameterNotFound, async () => await ssm.send(new GetParameterCommand({ Name: name })));
    return found?.Parameter?.Value ?? null;
  }
  async function stateBucket(): Promise<string> {
    const { state } = JSON.parse((await readParameter("/sst/bootstrap")) ?? "{}") as { state?: string };
    if (!state)
      throw new RestoreError("SST was never used in this account and region: run `npx sst diff` once, so that it makes its bucket.");
    return state;
  }
  const states = (): Promise<string> => (bucket ??= stateBucket());

  return {
    readParameter,
    writeParameter: async ({ name, type, value }) => {
      await ssm.send(new PutParameterCommand({ Name: name, Type: type, Value: value, Overwrite: true }));
    },
    hasSecret: async ({ store, name }) => {
      // Without decryption: only whether it is there.
      if (store === "parameters") return (await readParameter(name)) !== null;
      return (
        (await missing(ResourceNotFoundException, async () => await secrets.send(new DescribeSecretCommand({ SecretId: name })))) !== null
      );
    },
    readState: async (key) => {
      const command = new GetObjectCommand({ Bucket: await states(), Key: key });
      const found = await missing(NoSuchKey, async () => await s3.send(command));
      return (await found?.Body?.transformToByteArray()) ?? null;
    },
    writeState: async (key, body) => {
      await s3.send(new PutObjectCommand({ Bucket: await states(), Key: key, Body: body, ContentType: "application/json" }));
    },
  };
}

/** What a call answers; null where it says that there is no such thing. */
async function missing<Answer>(kind: abstract new (...args: never[]) => Error, call: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof kind) return null;
    throw error;
  }
}
