import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import type { Policy, Violation } from "./policy.ts";

export const secrecy: readonly Policy[] = [
  {
    name: "no name of ours tells the account",
    why: "Names end up in addresses, logs and error messages; the number of the account is half of what guessing a role needs.",
    check: (graph) => graph.resources.flatMap((resource) => telling(graph, resource)),
  },
  {
    name: "no secret lies in the state in the clear",
    why: "Whoever may read the state of a deployment, or its preview in a pull request, would read passwords and keys.",
    check: (graph) => {
      const known = secretsOf(graph);
      return graph.resources.flatMap((resource) => leaks(graph, resource, known));
    },
  },
];

const naming = /^(name|bucket|.*Name|.*Prefix|.*Identifier|alias|alarmName)$/;

function telling({ account }: Graph, { name, custom, inputs }: Resource): Violation[] {
  if (!custom) return [];
  return Object.entries(inputs)
    .filter(
      ([property, value]) => naming.test(property) && typeof value === "string" && !value.startsWith("arn:") && value.includes(account),
    )
    .map(([property]) => ({ where: name, what: `its ${property} holds the number of the account` }));
}

/** Outputs that their providers declare secret: Pulumi encrypts whatever is computed from them, in any resource that depends on them. */
const secretOutputs: Readonly<Record<string, readonly string[]>> = {
  "random:index/randomPassword:RandomPassword": ["result"],
  "random:index/randomBytes:RandomBytes": ["base64", "hex"],
  "tls:index/privateKey:PrivateKey": ["privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8"],
  "upstash:index/redisDatabase:RedisDatabase": ["password", "restToken"],
};

interface Secret {
  readonly value: string;
  readonly urn: string;
}

function secretsOf(graph: Graph): Secret[] {
  return Object.entries(secretOutputs).flatMap(([type, outputs]) =>
    graph
      .all(type)
      .flatMap(({ urn, outputs: values }) =>
        outputs.flatMap((output) => (typeof values[output] === "string" ? [{ urn, value: values[output] }] : [])),
      ),
  );
}

// A property that holds something secret by its name; what only points at a secret does not.
const secretName = /(password|passwd|secret|token|privateKey|credential|apiKey|authorization|dsn)$/i;
const pointing = /(Arn|Id|Name|Status|Type)$/i;

function leaks(graph: Graph, resource: Resource, known: readonly Secret[]): Violation[] {
  // A component is a name for what it is made of.
  if (!resource.custom) return [];
  return texts(resource.inputs, []).flatMap(({ path, text }) => {
    if (isEncrypted(graph, resource, path, known)) return [];
    const leaf = path.findLast((step) => !/^\d+$/.test(step)) ?? "";
    // SST notes in tags where a password is kept, and not the password.
    const isNamed =
      !leaf.startsWith("sst:ref:") && secretName.test(leaf) && !pointing.test(leaf) && text !== "" && !text.startsWith("arn:");
    const isKnown = known.some(({ value }) => text.includes(value));
    return isNamed || isKnown ? [{ where: resource.name, what: `its ${path.join(".")} holds a secret in the clear` }] : [];
  });
}

interface Text {
  readonly path: readonly string[];
  readonly text: string;
}

function texts(value: unknown, path: readonly string[]): Text[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, [...path, key]));
}

/** Listed as secret itself or above, or computed from what its provider declares secret. */
function isEncrypted(graph: Graph, resource: Resource, path: readonly string[], known: readonly Secret[]): boolean {
  const dotted = path.join(".");
  if (resource.secrets.some((secret) => dotted === secret || dotted.startsWith(`${secret}.`) || dotted.startsWith(`${secret}[`)))
    return true;
  const sources = resource.propertyDependencies[path[0] ?? ""] ?? [];
  return sources.some((urn) => known.some((secret) => secret.urn === urn) && graph.byUrn(urn) !== undefined);
}
