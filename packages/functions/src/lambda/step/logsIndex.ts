import * as z from "zod";
import { linkedTo } from "../linkedTo.ts";
import { linkedResources } from "../resources.ts";

/**
 * The step of a deployment that tells OpenSearch how logs are kept: which fields are searched, for how many days indexes live, and that the delivery
 * stream may write them. `aws.lambda.Invocation` calls it whenever the input changes; doing it again changes nothing.
 *
 * - input `{ keepDays, writerArn, replicas }`; answers `{ policy: "created" | "changed" | "unchanged" }`; a failure is thrown as one line
 * - link `Search` with the name and password of the domain's own administrator; no IAM; in the VPC, with a way to the domain
 * - timeout 60 s, memory 512 MB; deployed at once, without an alias
 */
export const handler = async (input: unknown): Promise<LogsPolicy> => {
  const { url, username, password } = linkedResources(linkedTo(process.env)).read("Search");
  return await keepLogs(input, { url, ...(username !== undefined && password !== undefined && { username, password }) });
};

export interface LogsPolicy {
  readonly policy: "created" | "changed" | "unchanged";
}

export interface LogDomain {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

const Input = z.object({
  keepDays: z.int("must be a number of days").min(1, "must be at least 1").max(365, "must be at most 365"),
  writerArn: z.string("is missing").startsWith("arn:", "is not an ARN"),
  replicas: z.int("must be a number").min(0).max(3).default(1),
});

const NAME = "pendo-logs";
const PATTERN = "logs-*";

/** The step itself. */
export async function keepLogs(input: unknown, domain: LogDomain): Promise<LogsPolicy> {
  const parsed = Input.safeParse(input);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"} ${message}`).join("; ");
    throw new Error(`The input of the step that keeps logs is unusable: ${wrong}.`);
  }
  const { keepDays, writerArn, replicas } = parsed.data;
  const call = caller(domain);
  await call("PUT", `/_plugins/_security/api/roles/${NAME}-writer`, writerRole);
  await call("PUT", `/_plugins/_security/api/rolesmapping/${NAME}-writer`, { backend_roles: [writerArn] });
  await call("PUT", `/_index_template/${NAME}`, indexTemplate(replicas));
  return { policy: await retain(call, keepDays) };
}

// What Firehose needs where access is fine-grained (Firehose's guide, "Grant Firehose access to a domain in a VPC").
const writerRole = {
  cluster_permissions: ["cluster_composite_ops", "cluster_monitor"],
  index_permissions: [{ index_patterns: [PATTERN], allowed_actions: ["create_index", "crud", "manage"] }],
};

/** Lines have many fields, and bugs invent more: only these are searched, and all of them are kept. */
function indexTemplate(replicas: number) {
  const keyword = { type: "keyword", ignore_above: 512 };
  const names = ["eventId", "group", "level", "kind", "route", "queue", "schedule", "frame", "fault", "requestId", "trace", "userId"];
  const more = ["messageId", "connectionId", "type", "routeKey", "httpMethod", "port", "letterId", "failedAt"];
  const keywords = Object.fromEntries([...names, ...more].map((name) => [name, keyword]));
  const numbers = {
    status: "integer",
    latencyMs: "float",
    durationMs: "float",
    messages: "integer",
    dropped: "integer",
    retried: "integer",
  };
  const numeric = Object.fromEntries(Object.entries(numbers).map(([name, type]) => [name, { type }]));
  return {
    index_patterns: [PATTERN],
    priority: 100,
    template: {
      settings: {
        number_of_shards: 1,
        number_of_replicas: replicas,
        "index.refresh_interval": "30s",
        // A line with a field of an odd kind is still a line.
        "index.mapping.ignore_malformed": true,
      },
      mappings: { dynamic: false, properties: { "@timestamp": { type: "date" }, text: { type: "text" }, ...keywords, ...numeric } },
    },
  };
}

function policyOf(keepDays: number) {
  return {
    description: `Logs are kept for ${keepDays} days`,
    default_state: "kept",
    states: [
      { name: "kept", actions: [], transitions: [{ state_name: "gone", conditions: { min_index_age: `${keepDays}d` } }] },
      { name: "gone", actions: [{ delete: {} }], transitions: [] },
    ],
    ism_template: [{ index_patterns: [PATTERN], priority: 100 }],
  };
}

const FoundPolicy = z.object({
  _seq_no: z.int(),
  _primary_term: z.int(),
  policy: z.object({ description: z.string().optional() }),
});

/** A policy is changed by naming the version that was read; indexes that exist already are moved to the new one. */
async function retain(call: Call, keepDays: number): Promise<LogsPolicy["policy"]> {
  const path = `/_plugins/_ism/policies/${NAME}`;
  const policy = policyOf(keepDays);
  const read = await call("GET", path, undefined, [404]);
  if (read.status === 404) {
    await call("PUT", path, { policy });
    // Indexes from before the policy, if there are any.
    await call("POST", `/_plugins/_ism/add/${PATTERN}`, { policy_id: NAME }, [404]);
    return "created";
  }
  const found = FoundPolicy.parse(read.body);
  if (found.policy.description === policy.description) return "unchanged";
  await call("PUT", `${path}?if_seq_no=${found._seq_no}&if_primary_term=${found._primary_term}`, { policy });
  await call("POST", `/_plugins/_ism/change_policy/${PATTERN}`, { policy_id: NAME }, [404]);
  return "changed";
}

type Call = (method: string, path: string, body?: object, alsoFine?: readonly number[]) => Promise<{ status: number; body: unknown }>;

const TIMEOUT_MS = 15_000;

function caller({ url, username, password }: LogDomain): Call {
  const authorization =
    username === undefined ? {} : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
  return async (method, path, body, alsoFine = []) => {
    const where = `${method} ${path.split("?")[0]}`;
    let answer: Response;
    try {
      answer = await fetch(`${url.replace(/\/+$/, "")}${path}`, {
        method,
        headers: { ...authorization, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (cause) {
      throw new Error(`OpenSearch did not answer ${where}.`, { cause });
    }
    const text = await answer.text();
    if (!answer.ok && !alsoFine.includes(answer.status))
      throw new Error(`OpenSearch answered ${answer.status} to ${where}: ${text.replaceAll(/\s+/g, " ").slice(0, 200)}`);
    return { status: answer.status, body: answer.ok ? (JSON.parse(text) as unknown) : null };
  };
}
