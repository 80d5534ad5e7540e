/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    return {
      name: "pendo",
      home: "aws",
      providers: {
        aws: { region: "eu-west-1" },
        upstash: { package: "@upstash/pulumi", version: "0.5.0" },
        grafana: { package: "@pulumiverse/grafana", version: "2.40.0" },
        random: "4.21.2",
        tls: "5.6.1",
      },
    };
  },
  async run() {},
});
