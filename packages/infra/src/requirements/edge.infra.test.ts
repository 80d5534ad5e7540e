import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { at, documentsAt, listAt, numberAt, textAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promised.ts";

const record = "aws:route53/record:Record";
const check = "aws:route53/healthCheck:HealthCheck";
const cloudFront = (className: string) => `aws:cloudfront/${className.charAt(0).toLowerCase()}${className.slice(1)}:${className}`;
const spoil = (type: string, name: string, change?: Spoil["change"]): Spoil => ({ type, name, ...(change && { change }) });
const cdn = (name: string, change: NonNullable<Spoil["change"]>): Spoil => spoil(kinds.distribution, name, change);
const distribution = (graph: Graph, name: string) => graph.one(kinds.distribution, name);

const names = { ApiCdn: "api.pendo.app", SocketCdn: "ws.pendo.app", MediaCdn: "media.pendo.app", SiteCdn: "pendo.app" } as const;

describe.each(Object.entries(names))("%s", (name, host) => {
  promise("speaks HTTP/3 and IPv6, and TLS 1.2 of 2021 or better", {
    check: (graph) =>
      expect(distribution(graph, name).inputs).toMatchObject({
        enabled: true,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        aliases: [host],
        viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021", sslSupportMethod: "sni-only" },
      }),
    spoils: [
      cdn(name, (inputs) => (inputs.httpVersion = "http2")),
      cdn(name, (inputs) => (inputs.isIpv6Enabled = false)),
      cdn(name, (inputs) => (inputs.viewerCertificate.minimumProtocolVersion = "TLSv1")),
    ],
  });

  promise("has a certificate of us-east-1, proven by DNS", {
    check: (graph) => {
      const arn = textAt(distribution(graph, name).inputs, "viewerCertificate.acmCertificateArn");
      const validation = graph.one("aws:acm/certificateValidation:CertificateValidation", "Certificate-us-east-1");
      expect(arn).toBe(validation.inputs["certificateArn"]);
      const certificate = graph.byArn(String(arn));
      expect(certificate?.region).toBe("us-east-1");
      const covered = [textAt(certificate?.inputs, "domainName"), ...textsAt(certificate?.inputs, "subjectAlternativeNames")];
      expect(covered).toContain(host === "pendo.app" ? host : host.replace(/^[^.]+/, "*"));
      expect(distribution(graph, name).dependsOn.some((urn) => urn.includes("certificateValidation"))).toBe(true);
    },
    spoils: [
      cdn(
        name,
        (inputs) =>
          (inputs.viewerCertificate.acmCertificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/Certificate-eu-west-1-id"),
      ),
      spoil("aws:acm/certificate:Certificate", "Certificate-us-east-1"),
    ],
  });

  promise("is found over IPv4 and IPv6", {
    check: (graph) => {
      const types = graph
        .all(record)
        .filter(
          ({ inputs }) => inputs["name"] === host && at(inputs, "aliases[0].name") === distribution(graph, name).outputs["domainName"],
        );
      expect(types.map(({ inputs }) => inputs["type"]).toSorted()).toEqual(["A", "AAAA"]);
    },
    spoils: [spoil(record, `${name}AAAA`), spoil(record, `${name}A`, (inputs) => (inputs.aliases[0].name = "elsewhere.cloudfront.net"))],
  });

  promise("writes down who asked for what, and never a query, a cookie or a referrer", {
    check: (graph) => {
      const source = graph.one("aws:cloudwatch/logDeliverySource:LogDeliverySource", `${name}Logs`);
      expect(source).toMatchObject({
        region: "us-east-1",
        inputs: { logType: "ACCESS_LOGS", resourceArn: distribution(graph, name).outputs["arn"] },
      });
      const { inputs } = graph.one("aws:cloudwatch/logDelivery:LogDelivery", `${name}Logs`);
      expect(inputs["deliverySourceName"]).toBe(source.inputs["name"]);
      const fields = textsAt(inputs, "recordFields");
      expect(fields).toEqual(expect.arrayContaining(["date", "c-ip", "cs-method", "cs-uri-stem", "sc-status"]));
      expect(fields.filter((field) => /query|cookie|referer/i.test(field))).toEqual([]);
      const destination = graph.one("aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination", `${name}Logs`);
      expect(graph.byArn(String(at(destination.inputs, "deliveryDestinationConfiguration.destinationResourceArn")))?.name).toBe(
        "AccessLogs",
      );
    },
    spoils: [
      spoil("aws:cloudwatch/logDelivery:LogDelivery", `${name}Logs`),
      spoil("aws:cloudwatch/logDelivery:LogDelivery", `${name}Logs`, (inputs) => inputs.recordFields.push("cs-uri-query")),
    ],
  });

  promise("lets nobody speak HTTP without TLS", {
    check: (graph) => {
      const { inputs } = distribution(graph, name);
      for (const behavior of [at(inputs, "defaultCacheBehavior"), ...listAt(inputs, "orderedCacheBehaviors")])
        expect(textAt(behavior, "viewerProtocolPolicy")).toMatch(/^(https-only|redirect-to-https)$/);
    },
    spoils: [cdn(name, (inputs) => (inputs.defaultCacheBehavior.viewerProtocolPolicy = "allow-all"))],
  });
});

describe.each([
  ["ApiCdn", "api-origin.pendo.app"],
  ["SocketCdn", "ws-origin.pendo.app"],
])("%s and what stands behind it", (name, origin) => {
  promise("asks over TLS 1.2 alone, and shows by a secret that it is the one who asks", {
    check: (graph) => {
      const [only, ...others] = documentsAt(distribution(graph, name).inputs, "origins");
      expect(others).toEqual([]);
      expect(only).toMatchObject({
        domainName: origin,
        customOriginConfig: { originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] },
      });
      const secret = graph.one("random:index/randomPassword:RandomPassword", "OriginSecret1");
      expect(only?.["customHeaders"]).toEqual([{ name: "x-pendo-origin", value: secret.outputs["result"] }]);
      expect(numberAt(secret.inputs, "length")).toBeGreaterThanOrEqual(32);
      expect(distribution(graph, name).dependsOn).toContain(secret.urn);
    },
    spoils: [
      cdn(name, (inputs) => (inputs.origins[0].customOriginConfig.originProtocolPolicy = "match-viewer")),
      cdn(name, (inputs) => (inputs.origins[0].customHeaders = [])),
      cdn(name, (inputs) => inputs.origins[0].customOriginConfig.originSslProtocols.push("TLSv1")),
    ],
  });

  promise("keeps nothing, forwards everything but the host, and stands behind the firewall", {
    check: (graph) => {
      const { inputs } = distribution(graph, name);
      // AWS's own policies CachingDisabled and AllViewerExceptHostHeader.
      expect(textAt(inputs, "defaultCacheBehavior.cachePolicyId")).toBe("4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
      expect(textAt(inputs, "defaultCacheBehavior.originRequestPolicyId")).toBe("b689b0a8-53d0-40ab-baf2-68738e2966ac");
      expect(inputs["webAclId"]).toBe(graph.one(kinds.webAcl, "EdgeAcl").outputs["arn"]);
    },
    spoils: [
      cdn(name, (inputs) => (inputs.defaultCacheBehavior.cachePolicyId = "658327ea-f89d-4fab-a63d-7e88639e58f6")),
      cdn(name, (inputs) => delete inputs.defaultCacheBehavior.originRequestPolicyId),
      cdn(name, (inputs) => delete inputs.webAclId),
    ],
  });

  // CloudFront keeps errors for ten seconds by itself, under the address alone: one person's 404 would be the next one's.
  promise("forgets errors at once", {
    check: (graph) => {
      const kept = documentsAt(distribution(graph, name).inputs, "customErrorResponses");
      expect(kept.map((one) => numberAt(one, "errorCode"))).toEqual([400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]);
      for (const one of kept) {
        expect(numberAt(one, "errorCachingMinTtl")).toBe(0);
        // What the API says of the error reaches whoever asked.
        expect(one["responsePagePath"]).toBeUndefined();
      }
    },
    spoils: [
      cdn(name, (inputs) => delete inputs.customErrorResponses),
      cdn(name, (inputs) => (inputs.customErrorResponses[2].errorCachingMinTtl = 10)),
    ],
  });

  promise("tells the API from which address the viewer came, whatever the viewer says", {
    check: (graph) => {
      const viewer = graph.one(cloudFront("Function"), "ViewerAddress");
      const { inputs } = distribution(graph, name);
      for (const behavior of [at(inputs, "defaultCacheBehavior"), ...listAt(inputs, "orderedCacheBehaviors")])
        expect(listAt(behavior, "functionAssociations")).toEqual([{ eventType: "viewer-request", functionArn: viewer.outputs["arn"] }]);
      const event = { viewer: { ip: "198.51.100.4" }, request: { headers: { "x-pendo-viewer": { value: "192.0.2.1" } } } };
      const request = runInNewContext(`${String(viewer.inputs["code"])}; handler(event)`, { event }) as unknown;
      expect(textAt(request, "headers.x-pendo-viewer.value")).toBe("198.51.100.4");
    },
    spoils: [
      cdn(name, (inputs) => delete inputs.defaultCacheBehavior.functionAssociations),
      spoil(cloudFront("Function"), "ViewerAddress", (inputs) => (inputs.code = "function handler(event) { return event.request; }")),
    ],
  });
});

test("previews and personal stages have no edge at all", () => {
  for (const stage of ["pr-42", "local.dev"]) {
    const graph = load(stage);
    for (const type of [kinds.distribution, kinds.webAcl, record, check, "aws:acm/certificate:Certificate"])
      expect(graph.all(type)).toEqual([]);
  }
});
