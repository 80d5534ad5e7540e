import { describe, expect, test } from "vitest";
import { secretValue } from "../evaluate/secretValues.ts";
import { load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promised.ts";

const application = "aws:sns/platformApplication:PlatformApplication";
const spoil = (type: string, name: string, change?: Spoil["change"]): Spoil => ({ type, name, ...(change && { change }) });

describe.each(["", "Standby"])("pushes (%j)", (prefix) => {
  promise("leave through applications of Apple's production service and Google's, which write down what became of them", {
    check: (graph) => {
      const apple = JSON.parse(secretValue("AppleCredentials")) as Record<string, string>;
      for (const [name, platform] of [
        ["ApplePush", "APNS"],
        ["GooglePush", "GCM"],
      ] as const) {
        const { inputs } = graph.one(application, prefix + name);
        const role = graph.byArn(String(inputs["failureFeedbackRoleArn"]));
        expect(inputs).toMatchObject({ platform, successFeedbackRoleArn: role?.outputs["arn"] });
        expect(role?.name).toBe(`${prefix}PushLog`);
      }
      expect(graph.one(application, `${prefix}ApplePush`).inputs).toMatchObject({
        platformPrincipal: apple["keyId"],
        applePlatformTeamId: apple["teamId"],
        applePlatformBundleId: apple["bundleId"],
      });
      const log = documentsAt(graph.one(kinds.role, `${prefix}PushLog`).inputs, "inlinePolicies[0].policy.Statement");
      expect(log.flatMap((one) => textsAt(one, "Resource"))).toEqual([
        expect.stringMatching(/^arn:aws:logs:[a-z0-9-]+:123456789012:log-group:sns\/\*$/),
      ]);
    },
    spoils: [
      spoil(application, `${prefix}ApplePush`, (inputs) => (inputs.platform = "APNS_SANDBOX")),
      spoil(application, `${prefix}GooglePush`, (inputs) => delete inputs.failureFeedbackRoleArn),
      spoil(kinds.role, `${prefix}PushLog`, (inputs) => (inputs.inlinePolicies[0].policy = '{"Statement":[{"Resource":"*"}]}')),
    ],
  });
});

test("credentials of Apple and Google are secrets in the state", () => {
  for (const { secrets } of load("production").all(application)) expect(secrets).toContain("platformCredential");
});

test("who sends pushes may make, use and delete endpoints of our applications, and nothing else of SNS", () => {
  const graph = load("production");
  const found = graph.functions.filter(({ links }) => "Push" in links || "StandbyPush" in links);
  expect(found.length).toBeGreaterThan(1);
  for (const build of found) {
    const lambda = graph.lambdaOf(build);
    const statements = lambda ? documentsAt(graph.roleOf(lambda).inputs, "inlinePolicies[0].policy.Statement") : [];
    const allowed = statements.flatMap((one) =>
      textsAt(one, "Action").flatMap((action) => textsAt(one, "Resource").map((arn) => `${action} ${arn}`)),
    );
    const sns = `arn:aws:sns:${String(lambda?.region)}:123456789012`;
    expect(allowed.filter((one) => one.startsWith("sns:")).toSorted()).toEqual(
      ["APNS", "GCM"]
        .flatMap((platform) => [
          `sns:CreatePlatformEndpoint ${sns}:app/${platform}/pendo-production`,
          `sns:Publish ${sns}:endpoint/${platform}/pendo-production/*`,
          `sns:DeleteEndpoint ${sns}:endpoint/${platform}/pendo-production/*`,
        ])
        .toSorted(),
    );
  }
});
