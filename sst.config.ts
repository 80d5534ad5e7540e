// SST looks for its types in this way.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const lasting = input.stage === "production" || input.stage === "staging";
    return {
      name: "pendo",
      home: "aws",
      version: "4.17.1",
      // `retain` does not reach what isn't SST's own; the stacks protect those themselves.
      removal: lasting ? "retain" : "remove",
      protect: lasting,
      providers: {
        aws: { region: (process.env["PENDO_REGION"] ?? "eu-west-1") as aws.Region },
        upstash: { package: "@upstash/pulumi", version: "0.5.0" },
        grafana: { package: "@pulumiverse/grafana", version: "2.40.0" },
        random: "4.21.2",
        tls: "5.6.1",
      },
    };
  },
  async run() {
    const { pendo } = await import("./stacks/pendo");
    return pendo();
  },
});
