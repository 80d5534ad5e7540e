import { runInNewContext } from "node:vm";
import { everyRoute } from "@pendo/contract/openapi";
import { describe, expect, test } from "vitest";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { at, documentsAt, flagAt, listAt, numberAt, textAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promise.ts";

const record = "aws:route53/record:Record";
const check = "aws:route53/healthCheck:HealthCheck";
const domainName = "aws:apigatewayv2/domainName:DomainName";
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

describe("the API behind the edge", () => {
  promise("is kept at the edge exactly where the contract lets shared caches keep it, as long as the answer says", {
    check: (graph) => {
      const behaviors = documentsAt(distribution(graph, "ApiCdn").inputs, "orderedCacheBehaviors");
      const cacheable = everyRoute().filter(({ spec }) => spec.cache?.scope === "public");
      expect(cacheable.length).toBeGreaterThan(0);
      expect(behaviors.map(({ pathPattern }) => pathPattern).toSorted()).toEqual(
        cacheable.map(({ spec }) => spec.at.replace(/^\S+ /, "")).toSorted(),
      );
      const policy = graph.one(cloudFront("CachePolicy"), "ApiCache");
      for (const behavior of behaviors) expect(behavior["cachePolicyId"]).toBe(policy.id);
      expect(policy.inputs).toMatchObject({ minTtl: 0, defaultTtl: 0 });
      const key = "parametersInCacheKeyAndForwardedToOrigin";
      expect(textsAt(policy.inputs, `${key}.headersConfig.headers.items`)).toEqual(["origin"]);
      expect(textAt(policy.inputs, `${key}.cookiesConfig.cookieBehavior`)).toBe("none");
      expect(flagAt(policy.inputs, `${key}.enableAcceptEncodingBrotli`)).toBe(true);
    },
    spoils: [
      cdn("ApiCdn", (inputs) => inputs.orderedCacheBehaviors.pop()),
      cdn("ApiCdn", (inputs) => (inputs.orderedCacheBehaviors[0].pathPattern = "/v1/*")),
      spoil(cloudFront("CachePolicy"), "ApiCache", (inputs) => (inputs.minTtl = 60)),
      spoil(
        cloudFront("CachePolicy"),
        "ApiCache",
        (inputs) => (inputs.parametersInCacheKeyAndForwardedToOrigin.headersConfig = { headerBehavior: "none" }),
      ),
    ],
  });

  for (const name of ["HttpApi", "StandbyHttpApi"])
    promise(`has no other door: ${name} answers under no name of API Gateway's`, {
      check: (graph) =>
        expect(graph.all(kinds.api).find((api) => graph.owner(api)?.name === name)?.inputs["disableExecuteApiEndpoint"]).toBe(true),
      spoils: [spoil(kinds.api, `${name}Api`, (inputs) => (inputs.disableExecuteApiEndpoint = false))],
    });

  test("asks an authorizer that knows the secret before every route, but the two that Route 53 asks", () => {
    const graph = load("production");
    const open = graph.all(kinds.route).filter((route) => textAt(route.inputs, "authorizationType") !== "CUSTOM");
    const keys = open.map(({ inputs }) => String(inputs["routeKey"])).filter((routeKey) => !routeKey.startsWith("$"));
    expect(new Set(keys)).toEqual(new Set(["GET /healthz", "GET /readyz"]));
    const authorizers = graph.all("aws:apigatewayv2/authorizer:Authorizer");
    expect(authorizers.length).toBeGreaterThanOrEqual(6);
    for (const { inputs } of authorizers) expect(textsAt(inputs, "identitySources").join()).toMatch(/header\.x-pendo-origin/i);
    const knowing = graph.functions
      .filter(({ links }) => "OriginSecret" in links || "StandbyOriginSecret" in links)
      .map(({ handler }) => handler.split(".").at(-1));
    expect(new Set(knowing)).toEqual(new Set(["session", "origin", "connect"]));
  });

  test("opens no socket but through the authorizer", () => {
    for (const route of load("production")
      .all(kinds.route)
      .filter(({ inputs }) => inputs["routeKey"] === "$connect"))
      expect(textAt(route.inputs, "authorizationType")).toBe("CUSTOM");
  });
});

describe("names", () => {
  const places = [
    ["", "eu-west-1", "PRIMARY", 100],
    ["Standby", "eu-central-1", "SECONDARY", 0],
  ] as const;
  for (const [prefix, region, role, weight] of places) {
    promise(`${region} is checked every 10 s under a name of its own, and given up after three failures`, {
      check: (graph) => {
        const { inputs } = graph.one(check, `${prefix}ApiHealth`);
        expect(inputs).toMatchObject({
          type: "HTTPS",
          fqdn: `api-${region}.pendo.app`,
          resourcePath: "/readyz",
          requestInterval: 10,
          failureThreshold: 3,
          enableSni: true,
        });
        const probe = graph.one(domainName, `${prefix}ApiProbe`);
        expect(probe).toMatchObject({ region, inputs: { domainName: `api-${region}.pendo.app` } });
        const mapping = graph.one("aws:apigatewayv2/apiMapping:ApiMapping", `${prefix}ApiProbe`);
        expect(mapping.inputs).toMatchObject({ domainName: probe.id, apiId: graph.one(kinds.api, `${prefix}HttpApiApi`).id });
        expect(textsAt(graph.one(record, `${prefix}ApiProbe`).inputs, "records")).toEqual([
          at(probe.outputs, "domainNameConfiguration.targetDomainName"),
        ]);
      },
      spoils: [
        spoil(check, `${prefix}ApiHealth`, (inputs) => (inputs.fqdn = "api-origin.pendo.app")),
        spoil(check, `${prefix}ApiHealth`, (inputs) => (inputs.requestInterval = 30)),
        spoil("aws:apigatewayv2/apiMapping:ApiMapping", `${prefix}ApiProbe`, (inputs) => (inputs.apiId = "another")),
      ],
    });

    promise(`the origin of the API fails over (${region} is ${role}), within a minute of the check`, {
      check: (graph) => {
        const { inputs } = graph.one(record, `${prefix}ApiOrigin`);
        const target = graph.all(domainName).find((one) => one.region === region && one.inputs["domainName"] === "api-origin.pendo.app");
        expect(inputs).toMatchObject({
          name: "api-origin.pendo.app",
          type: "CNAME",
          ttl: 60,
          records: [at(target?.outputs, "domainNameConfiguration.targetDomainName")],
          setIdentifier: region,
          healthCheckId: graph.one(check, `${prefix}ApiHealth`).id,
          failoverRoutingPolicies: [{ type: role }],
        });
        expect(textAt(target?.outputs, "domainNameConfiguration.targetDomainName")).toContain(region);
      },
      spoils: [
        spoil(record, `${prefix}ApiOrigin`, (inputs) => (inputs.ttl = 300)),
        spoil(record, `${prefix}ApiOrigin`, (inputs) => delete inputs.healthCheckId),
        spoil(record, `${prefix}ApiOrigin`, (inputs) => (inputs.records = ["somewhere.example.com"])),
      ],
    });

    promise(`new sockets go by weight and by health (${region}: ${weight})`, {
      check: (graph) =>
        expect(graph.one(record, `${prefix}SocketOrigin`).inputs).toMatchObject({
          name: "ws-origin.pendo.app",
          ttl: 60,
          setIdentifier: region,
          healthCheckId: graph.one(check, `${prefix}ApiHealth`).id,
          weightedRoutingPolicies: [{ weight }],
        }),
      spoils: [
        spoil(record, `${prefix}SocketOrigin`, (inputs) => (inputs.weightedRoutingPolicies[0].weight = 50)),
        spoil(record, `${prefix}SocketOrigin`, (inputs) => delete inputs.healthCheckId),
      ],
    });
  }

  promise("get their certificates from Amazon alone, each region its own, proven by one record", {
    check: (graph) => {
      const authorities = graph.one(record, "CertificateAuthorities");
      expect(authorities.inputs).toMatchObject({ name: "pendo.app", type: "CAA" });
      expect(textsAt(authorities.inputs, "records")).toEqual(expect.arrayContaining(['0 issue "amazon.com"', '0 issuewild "amazon.com"']));
      expect(textsAt(authorities.inputs, "records").filter((one) => !/"(amazon|amazontrust|awstrust|amazonaws)\.com"$/.test(one))).toEqual(
        [],
      );
      const certificates = graph.all("aws:acm/certificate:Certificate");
      expect(certificates.map(({ region }) => region).toSorted()).toEqual(["eu-central-1", "eu-west-1", "us-east-1"]);
      for (const { inputs } of certificates) expect(inputs["validationMethod"]).toBe("DNS");
      const proofs = graph.all(record).filter(({ inputs }) => String(inputs["name"]).startsWith("_validation."));
      expect(proofs.map(({ name }) => name)).toEqual(["CertificateProof"]);
      for (const one of graph.all(domainName)) {
        const certificate = graph.byArn(String(at(one.inputs, "domainNameConfiguration.certificateArn")));
        expect(certificate?.region).toBe(one.region);
      }
    },
    spoils: [
      spoil(record, "CertificateAuthorities", (inputs) => inputs.records.push('0 issue "letsencrypt.org"')),
      spoil(record, "CertificateAuthorities"),
      spoil(
        domainName,
        "StandbyApiProbe",
        (inputs) =>
          (inputs.domainNameConfiguration.certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/Certificate-eu-west-1-id"),
      ),
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
