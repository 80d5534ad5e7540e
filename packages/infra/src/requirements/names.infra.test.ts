import { describe, expect } from "vitest";
import { kinds } from "../kinds.ts";
import { at, textAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promised.ts";

const record = "aws:route53/record:Record";
const check = "aws:route53/healthCheck:HealthCheck";
const domainName = "aws:apigatewayv2/domainName:DomainName";
const spoil = (type: string, name: string, change?: Spoil["change"]): Spoil => ({ type, name, ...(change && { change }) });

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
