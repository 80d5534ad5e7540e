import { ArgumentError } from "../../../../scripts/commandLine.mjs";

/** How openapi-generator makes a client in a language. */
interface Settings {
  readonly generator: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Further arguments. */
  readonly more?: readonly string[];
}

export const languages = {
  typescript: { generator: "typescript-fetch", properties: { importFileExtension: ".js" } },
  python: { generator: "python", properties: { packageName: "pendo" } },
  kotlin: {
    generator: "kotlin",
    // Without the wrappers a union becomes one class with the fields of all members, and with gson they refuse null.
    // In upper case no value of an enumeration has the name of a member of each enumeration, as `name` has.
    properties: {
      ...{ packageName: "app.pendo", serializationLibrary: "kotlinx_serialization" },
      ...{ generateOneOfAnyOfWrappers: "true", enumPropertyNaming: "UPPERCASE" },
    },
    // Kotlin's serialization has no type for any JSON value but this one.
    more: ["--type-mappings", "AnyType=JsonElement", "--import-mappings", "JsonElement=kotlinx.serialization.json.JsonElement"],
  },
  swift: { generator: "swift6", properties: { projectName: "Pendo" } },
} as const satisfies Readonly<Record<string, Settings>>;

export type LanguageName = keyof typeof languages;
export const languageNames = Object.keys(languages) as LanguageName[];

/** The languages that a comma-separated list names. Throws `ArgumentError`. */
export function chosenLanguages(list: string): LanguageName[] {
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !(languageNames as readonly string[]).includes(name));
  if (unknown.length > 0) throw new ArgumentError(`--only takes ${languageNames.join(", ")}, and not ${unknown.join(", ") || "nothing"}.`);
  return languageNames.filter((name) => names.includes(name));
}

/** For Java programs that end before a better compilation of their code pays off. */
export const quickJava = ["-XX:TieredStopAtLevel=1", "-XX:+UseParallelGC"];

/** The arguments of openapi-generator. Its documentation and tests are left out, because compiling them takes long. */
export function generatorArguments(language: LanguageName, document: string, directory: string): string[] {
  const { generator, properties, more = [] }: Settings = languages[language];
  const parts = ["apiDocs", "modelDocs", "apiTests", "modelTests"].map((part) => `${part}=false`);
  const additional = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  return [
    ...["generate", "-g", generator, "-i", document, "-o", directory],
    ...["--global-property", parts.join(","), "--additional-properties", additional.join(","), ...more],
  ];
}

/** These mean nothing: about OpenAPI 3.1, objects without further fields, and a parameter that is called `from`. */
const usualWarnings = ["OpenAPI 3.1 support is still in beta", "Failed to get the schema name: null", "From (reserved word)"];

/** The warnings and errors of openapi-generator, without those that mean nothing. */
export function warningsOf(log: string): string[] {
  const lines = log.split("\n").filter((line) => /\b(?:WARN|ERROR)\b/.test(line));
  return lines.filter((line) => !usualWarnings.some((usual) => line.includes(usual))).map((line) => line.replace(/^\[\S+\] /, ""));
}
