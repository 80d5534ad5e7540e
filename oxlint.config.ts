import { defineConfig } from "oxlint";
import { layerOverrides, restricted } from "./packages/scripts/src/checks/layerRules.ts";
import { ownRules } from "./packages/scripts/src/checks/lintRules/overrides.ts";

export default defineConfig({
  options: {
    typeAware: true,
    reportUnusedDisableDirectives: "error",
  },
  jsPlugins: ["./packages/scripts/src/checks/lintRules/plugin.ts"],
  plugins: ["typescript", "import", "unicorn", "vitest", "promise", "oxc"],
  categories: {
    correctness: "error",
  },
  rules: {
    ...restricted(),
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/await-thenable": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/consistent-type-imports": "error",
    "import/no-cycle": [
      "error",
      {
        ignoreTypes: false,
      },
    ],
    "import/no-default-export": "error",
    "import/no-duplicates": "error",
    "max-lines": [
      "error",
      {
        max: 300,
      },
    ],
    "max-lines-per-function": [
      "error",
      {
        max: 70,
      },
    ],
    "no-console": "error",
    "no-var": "error",
    "prefer-const": "error",
    eqeqeq: [
      "error",
      "always",
      {
        null: "ignore",
      },
    ],
    "unicorn/filename-case": [
      "error",
      {
        case: "camelCase",
      },
    ],
    "unicorn/no-useless-spread": "off",
    "no-control-regex": "off",
    "typescript/unbound-method": "off",
    "typescript/require-array-sort-compare": "off",
    "vitest/expect-expect": "off",
    "vitest/no-conditional-expect": "off",
    "vitest/valid-expect": [
      "error",
      {
        maxArgs: 2,
      },
    ],
    "vitest/no-disabled-tests": "error",
    "vitest/no-focused-tests": "error",
    "no-restricted-properties": [
      "error",
      {
        object: "vi",
        property: "mock",
        message: "Pass an embedded adapter; only core/src/ports mocks.",
      },
      {
        object: "vi",
        property: "doMock",
        message: "Pass an embedded adapter; only core/src/ports mocks.",
      },
    ],
  },
  overrides: [
    ...layerOverrides(),
    ...ownRules(),
    {
      files: ["packages/infra/src/requirements/**"],
      rules: {
        "vitest/no-standalone-expect": "off",
      },
    },
    {
      files: ["packages/core/src/ports/**", "packages/local/src/**"],
      rules: {
        "no-restricted-properties": "off",
      },
    },
    {
      files: ["packages/core/src/**", "packages/contract/src/**"],
      excludeFiles: ["packages/core/src/ports/**", "**/*.test.ts", "**/*.fixture.ts"],
      rules: {
        "no-restricted-properties": [
          "error",
          {
            object: "Date",
            property: "now",
            message: "Time is an argument: take `clock` from the context.",
          },
          {
            object: "Math",
            property: "random",
            message: "Randomness is an argument: take `ids` from the context.",
          },
          {
            object: "crypto",
            property: "randomUUID",
            message: "Randomness is an argument: take `ids` from the context.",
          },
          {
            object: "process",
            property: "env",
            message: "Configuration is read once, at the composition root.",
          },
        ],
      },
    },
    {
      files: ["packages/host/**", "packages/scripts/**", "scripts/**", ".ci/**"],
      rules: {
        "no-console": "off",
      },
    },
    {
      files: ["**/*.test.ts", "**/*.behaviour.ts"],
      rules: {
        "max-lines-per-function": "off",
        "typescript/no-non-null-assertion": "off",
      },
    },
    {
      files: ["*.config.ts"],
      rules: {
        "no-restricted-imports": "off",
        "import/no-default-export": "off",
      },
    },
    {
      files: ["packages/scripts/src/checks/lintRules/plugin.ts"],
      rules: {
        "import/no-default-export": "off",
      },
    },
  ],
});
