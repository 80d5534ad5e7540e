import { describe, expect } from "vitest";
import { kinds } from "../kinds.ts";
import { documentsAt, listAt, textAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promised.ts";

const spoil = (type: string, name: string, change?: Spoil["change"]): Spoil => ({ type, name, ...(change && { change }) });

describe("the site", () => {
  const object = "aws:s3/bucketObjectv2:BucketObjectv2";

  promise("is a private bucket that its own distribution reads", {
    check: (graph) => {
      const allowed = documentsAt(graph.one("aws:s3/bucketPolicy:BucketPolicy", "SiteBucket").inputs, "policy.Statement").filter(
        ({ Effect }) => Effect === "Allow",
      );
      expect(allowed).toMatchObject([
        {
          Principal: { Service: "cloudfront.amazonaws.com" },
          Action: ["s3:GetObject"],
          Condition: { StringEquals: { "aws:SourceArn": graph.one(kinds.distribution, "SiteCdn").outputs["arn"] } },
        },
      ]);
      const { inputs } = graph.one(kinds.distribution, "SiteCdn");
      expect(inputs["defaultRootObject"]).toBe("index.html");
      expect(listAt(inputs, "customErrorResponses")).toMatchObject([
        { errorCode: 403, responseCode: 404, responsePagePath: "/404.html" },
        { errorCode: 404, responseCode: 404, responsePagePath: "/404.html" },
      ]);
    },
    spoils: [
      spoil(
        "aws:s3/bucketPolicy:BucketPolicy",
        "SiteBucket",
        (inputs) => (inputs.policy = inputs.policy.replace("MediaCdn", "x").replace("SiteCdn", "OtherCdn")),
      ),
      spoil(kinds.distribution, "SiteCdn", (inputs) => delete inputs.defaultRootObject),
      spoil(kinds.distribution, "SiteCdn", (inputs) => inputs.customErrorResponses.shift()),
    ],
  });

  promise("holds the documentation, with a type and a time to be kept on every file", {
    check: (graph) => {
      const files = graph.all(object).filter(({ name }) => name.startsWith("Site/"));
      expect(files.map(({ inputs }) => inputs["key"])).toEqual(
        expect.arrayContaining([
          "index.html",
          "docs",
          "docs/errors",
          "docs/reference.js",
          "openapi.json",
          "asyncapi.json",
          "status",
          "404.html",
        ]),
      );
      for (const { inputs } of files) {
        expect(textAt(inputs, "cacheControl")).toMatch(/^public, max-age=\d+$/);
        expect(textAt(inputs, "contentType")).toMatch(/^(text|application)\//);
      }
    },
    spoils: [
      spoil(object, "Site/docs"),
      spoil(object, "Site/docs", (inputs) => delete inputs.contentType),
      spoil(object, "Site/index.html", (inputs) => delete inputs.cacheControl),
    ],
  });

  promise("is framed by nobody", {
    check: (graph) => {
      const { inputs } = graph.one("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "SiteHeaders");
      expect(textAt(inputs, "securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy")).toContain("frame-ancestors 'none'");
      expect(textsAt(graph.one(kinds.distribution, "SiteCdn").inputs, "defaultCacheBehavior.responseHeadersPolicyId")).toEqual([
        "SiteHeaders-id",
      ]);
    },
    spoils: [spoil(kinds.distribution, "SiteCdn", (inputs) => delete inputs.defaultCacheBehavior.responseHeadersPolicyId)],
  });
});
