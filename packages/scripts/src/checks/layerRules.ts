import { layers, testFiles } from "./layers.ts";

interface Restriction {
  /** The packages that may be imported, the importing one included; all of them where it is absent. */
  readonly packages?: readonly string[];
  /** Single modules that may be imported besides. */
  readonly modules?: readonly string[];
  /** Whether the files may mock the AWS SDK. */
  readonly mocks?: boolean;
}

interface Override {
  readonly files: string[];
  readonly rules: Record<string, unknown>;
}

const mocked = { name: "aws-sdk-client-mock", message: "Only the adapters' own tests, under core/src/ports, mock the AWS SDK." };
const sst = { name: "sst", message: "Links are read from the environment, in packages/functions/src/lambda/resources.ts." };
const relative = { regex: "^\\.\\.?/(.*/)?src/", message: "Another package is imported by its name: @pendo/<package>/<path>." };

/** The rule that holds which modules a file may import. */
export function restricted({ packages, modules = [], mocks = false }: Restriction = {}): Record<string, unknown> {
  const layer = packages && {
    group: ["@pendo/**", ...packages.map((name) => `!@pendo/${name}/**`), ...modules.map((name) => `!@pendo/${name}`)],
    message: `Imports run one way: this file may import ${packages.join(", ")} (packages/scripts/src/checks/layers.ts).`,
  };
  const rule = { paths: mocks ? [sst] : [mocked, sst], patterns: [...(layer ? [layer] : []), relative] };
  return { "no-restricted-imports": ["error", rule] };
}

/** One block for each package and one for its tests, from the table; then the few rooms with rules of their own. The last one that fits counts. */
export function layerOverrides(): Override[] {
  const packages = Object.entries(layers).flatMap(([name, { directory, imports, testImports = [] }]): Override[] => {
    const room = directory.replace(/\/src$/, "");
    const own = [name, ...imports];
    const inTests = testFiles.map((file) => `${room}/**/${file}`);
    return [
      { files: [`${room}/**`], rules: restricted({ packages: own }) },
      ...(testImports.length > 0 ? [{ files: inTests, rules: restricted({ packages: [...own, ...testImports] }) }] : []),
    ];
  });
  return [...packages, ...rooms];
}

const ports = "packages/core/src/ports/**";
const lambda = "packages/functions/src/lambda";
const rooms: Override[] = [
  // The types' tests hold mistakes in code of every layer.
  { files: ["packages/contract/types/**"], rules: restricted() },
  // Ports know nothing of matching. Their tests may.
  { files: [ports], rules: restricted({ packages: ["core", "contract"], mocks: true }) },
  {
    files: testFiles.map((file) => `${ports}/${file}`),
    rules: restricted({ packages: ["core", "contract", "local"], modules: ["engine/*.fixture", "engine/random"], mocks: true }),
  },
  // The canary is a client; it imports no engine.
  { files: [`${lambda}/canary/**`], rules: restricted({ packages: ["functions", "client", "core", "contract"] }) },
  {
    files: [`${lambda}/**/*.mock.test.ts`],
    rules: restricted({ packages: ["functions", "engine", "core", "contract", "local"], mocks: true }),
  },
];
