import { expect, test } from "vitest";
import { ArgumentError } from "../../../../scripts/commandLine.mjs";
import { chosenLanguages, generatorArguments, warningsOf } from "./languages.ts";

test("--only takes some of the languages, in any order", () => {
  expect(chosenLanguages("kotlin, typescript")).toEqual(["typescript", "kotlin"]);
});

test.each(["kotlin,cobol", "", "toString"])("--only refuses %j", (list) => {
  expect(() => chosenLanguages(list)).toThrow(ArgumentError);
});

test("each language has its own generator, and none makes documentation or tests", () => {
  const args = generatorArguments("kotlin", "openapi.json", "out");

  expect(args).toEqual(expect.arrayContaining(["-g", "kotlin", "-i", "openapi.json", "-o", "out"]));
  expect(args[args.indexOf("--global-property") + 1]).toBe("apiDocs=false,modelDocs=false,apiTests=false,modelTests=false");
  expect(args[args.indexOf("--additional-properties") + 1]).toContain("serializationLibrary=kotlinx_serialization");
});

test("a warning of the generator counts, except those that mean nothing", () => {
  const log = [
    "[main] INFO  o.o.codegen.DefaultGenerator - Generating with dryRun=false",
    "[main] WARN  o.o.codegen.DefaultCodegen - OpenAPI 3.1 support is still in beta. To report an issue, open one.",
    "[main] WARN  o.o.codegen.DefaultCodegen - Import (reserved word) cannot be used as model name. Renamed to ModelImport",
    "[main] ERROR o.o.codegen.DefaultCodegen - something",
  ].join("\n");

  expect(warningsOf(log)).toEqual([
    "WARN  o.o.codegen.DefaultCodegen - Import (reserved word) cannot be used as model name. Renamed to ModelImport",
    "ERROR o.o.codegen.DefaultCodegen - something",
  ]);
});
