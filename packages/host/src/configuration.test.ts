import { expect, test } from "vitest";
import { ConfigurationError, readConfiguration } from "./configuration.ts";

test("without settings it listens on loopback, and everything has its default", () => {
  expect(readConfiguration({ PATH: "/bin" })).toEqual({
    port: 4000,
    host: "127.0.0.1",
    dataDir: ".pendo",
    logLevel: "errors",
    trustedProxies: [],
    origins: [],
  });
});

test("every setting is read", () => {
  const environment = {
    PORT: "0",
    HOST: "::",
    PENDO_DATA: "/var/lib/pendo",
    PENDO_URL: "https://pendo.example/api/",
    PENDO_LOG: "all",
    PENDO_TRUSTED_PROXIES: "127.0.0.1, fd00::/8",
    PENDO_ORIGINS: "https://app.example",
  };
  expect(readConfiguration(environment)).toEqual({
    port: 0,
    host: "::",
    dataDir: "/var/lib/pendo",
    publicUrl: "https://pendo.example/api",
    logLevel: "all",
    trustedProxies: ["127.0.0.1", "fd00::/8"],
    origins: ["https://app.example"],
  });
});

test("metrics and Sentry are off unless they are set, and an empty Sentry is none", () => {
  const dsn = "https://key@sentry.example/1";

  expect(readConfiguration({ PENDO_METRICS: "9464", SENTRY_DSN: dsn, PENDO_RELEASE: "1.2" })).toMatchObject({
    metricsPort: 9464,
    sentry: { dsn, environment: "one-machine", release: "1.2" },
  });
  expect(readConfiguration({ SENTRY_DSN: "" })).not.toHaveProperty("sentry");
});

const wrong: [string, string[]][] = [
  ["PORT", ["", " ", "x", "-1", "65536", "99999", "4000.5", "1e3", "0x10", " 80"]],
  ["HOST", ["", " ", "a b", "http://x"]],
  ["PENDO_DATA", ["", "  "]],
  [
    "PENDO_URL",
    [
      "",
      "pendo.example",
      "ftp://pendo.example",
      "javascript:alert(1)",
      "https://pendo.example/?a",
      "https://pendo.example/#a",
      "https://user:secret@pendo.example",
    ],
  ],
  ["PENDO_TRUSTED_PROXIES", ["everyone", "10.0.0.0/33", "127.0.0.1, 10.0.0", "1.2.3.4:80"]],
  [
    "PENDO_ORIGINS",
    ["*", "app.example", "https://app.example/", "https://App.example", "ftp://app.example", "https://a.example https://b.example"],
  ],
  ["PENDO_LOG", ["", "none", "ALL", "debug"]],
  ["PENDO_METRICS", ["", "x", "0.0.0.0:9464", "65536"]],
  ["SENTRY_DSN", ["sentry.example", "ftp://sentry.example"]],
];
test.for(wrong)("a %s that is none is refused by its name", ([name, values]) => {
  for (const value of values) {
    let thrown: unknown;
    try {
      readConfiguration({ [name]: value });
    } catch (error) {
      thrown = error;
    }
    expect([value, thrown instanceof ConfigurationError]).toEqual([value, true]);
    expect(String(thrown)).toMatch(new RegExp(`\\b${name} must [^\\n]+$`));
  }
});

test("all wrong settings are told at once", () => {
  expect(() => readConfiguration({ PORT: "x", PENDO_LOG: "x" })).toThrow(/PORT must.*; PENDO_LOG must/);
});
