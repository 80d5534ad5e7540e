import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { keepLogs } from "./logsIndex.ts";

interface Heard {
  readonly call: string;
  readonly body: Record<string, unknown>;
  readonly authorization: string | undefined;
}

let server: Server | undefined;
afterEach(() => void server?.close());

/** A domain that remembers its policy as OpenSearch does: it changes by the version that was read, and by no other. */
async function domain({ refuses }: { readonly refuses?: string } = {}) {
  const heard: Heard[] = [];
  let policy: { description: string } | undefined;
  let version = 3;
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString("utf8")));
    request.on("end", () => {
      const call = `${request.method} ${request.url}`;
      const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
      heard.push({ call, body, authorization: request.headers.authorization });
      const answer = (status: number, said: object): void => void response.writeHead(status).end(JSON.stringify(said));
      if (refuses !== undefined && call.startsWith(refuses)) return answer(403, { reason: "no permissions\n for canary" });
      const ism = /^(GET|PUT) \/_plugins\/_ism\/policies\/pendo-logs(?:\?if_seq_no=(\d+)&if_primary_term=1)?$/.exec(call);
      if (!ism) return answer(call.startsWith("POST") ? 404 : 200, {});
      if (ism[1] === "GET") return policy ? answer(200, { _seq_no: version, _primary_term: 1, policy }) : answer(404, {});
      if (policy && Number(ism[2]) !== version) return answer(409, { reason: "version conflict" });
      policy = body["policy"] as typeof policy;
      version += 1;
      answer(policy ? 200 : 201, {});
    });
  });
  await new Promise<void>((resolve) => void server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { heard, link: { url: `http://127.0.0.1:${port}/`, username: "pendo", password: "secret" } };
}

const input = { keepDays: 30, writerArn: "arn:aws:iam::123456789012:role/logs" };
const find = (heard: readonly Heard[], call: string) => heard.find((one) => one.call.startsWith(call));

test("the writer may write logs and nothing else, and is the role of the delivery stream", async () => {
  const { heard, link } = await domain();
  await keepLogs(input, link);
  expect(find(heard, "PUT /_plugins/_security/api/roles/pendo-logs-writer")?.body).toMatchObject({
    index_permissions: [{ index_patterns: ["logs-*"] }],
  });
  expect(find(heard, "PUT /_plugins/_security/api/rolesmapping/pendo-logs-writer")?.body).toEqual({ backend_roles: [input.writerArn] });
  expect(new Set(heard.map(({ authorization }) => authorization))).toEqual(new Set(["Basic cGVuZG86c2VjcmV0"]));
});

test("only known fields are searched, whatever lines bring along", async () => {
  const { heard, link } = await domain();
  await keepLogs({ ...input, replicas: 2 }, link);
  expect(find(heard, "PUT /_index_template/pendo-logs")?.body).toMatchObject({
    index_patterns: ["logs-*"],
    template: {
      settings: { number_of_replicas: 2, "index.mapping.ignore_malformed": true },
      mappings: {
        dynamic: false,
        properties: { "@timestamp": { type: "date" }, route: { type: "keyword" }, latencyMs: { type: "float" } },
      },
    },
  });
});

test("indexes are deleted after the days that were asked for; asking again changes nothing, and asking for others changes the policy", async () => {
  const { heard, link } = await domain();
  expect(await keepLogs(input, link)).toEqual({ policy: "created" });
  const policy = find(heard, "PUT /_plugins/_ism/policies/pendo-logs")?.body["policy"];
  expect(policy).toMatchObject({
    states: [{ transitions: [{ state_name: "gone", conditions: { min_index_age: "30d" } }] }, { actions: [{ delete: {} }] }],
    ism_template: [{ index_patterns: ["logs-*"] }],
  });
  expect(await keepLogs(input, link)).toEqual({ policy: "unchanged" });
  expect(await keepLogs({ ...input, keepDays: 7 }, link)).toEqual({ policy: "changed" });
  expect(heard.filter(({ call }) => call === "POST /_plugins/_ism/change_policy/logs-*")).toHaveLength(1);
  expect(await keepLogs({ ...input, keepDays: 7 }, link)).toEqual({ policy: "unchanged" });
});

test("a refusal, a domain that is away and an input that makes no sense are one line each, without the password", async () => {
  const { link } = await domain({ refuses: "PUT /_index_template" });
  await expect(keepLogs(input, link)).rejects.toThrow(/^OpenSearch answered 403 to PUT \/_index_template\/pendo-logs: .*no permissions/);
  await expect(keepLogs(input, { ...link, url: "http://127.0.0.1:1" })).rejects.toThrow(
    /^OpenSearch did not answer PUT \/_plugins\/_security\/api\/roles\/pendo-logs-writer\.$/,
  );
  await expect(keepLogs({ keepDays: 0 }, link)).rejects.toThrow(/keepDays must be at least 1; writerArn is missing/);
});
