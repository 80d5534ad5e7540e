import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

const MAVEN_CENTRAL = "https://repo1.maven.org/maven2";
const MS_MAX = 300_000;
const run = promisify(execFile);

/** A file of Maven Central, with its checksum. */
export interface Jar {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

export const generator: Jar = {
  group: "org.openapitools",
  name: "openapi-generator-cli",
  version: "7.25.0",
  sha256: "41ce4f6b07f196676439d710759fa1ced7a08066d06ff1bf314681470289efae",
};

const KOTLIN = { group: "org.jetbrains.kotlin", version: "2.4.21" } as const;

const KOTLINX = { group: "org.jetbrains.kotlinx" } as const;

const kotlinStdlib: Jar = {
  ...KOTLIN,
  name: "kotlin-stdlib",
  sha256: "bd8250210584cb659847dce9cda660f8e9906e5def7fbebcea93dc6dcb6a88a3",
};

/** The Kotlin compiler and what it loads. */
export const kotlinCompiler: readonly Jar[] = [
  kotlinStdlib,
  { ...KOTLIN, name: "kotlin-compiler-embeddable", sha256: "ef19419c765e7ac8404465fa026ca8fc4dbb8a822de0fc79aa53c8dce29f1d02" },
  { ...KOTLIN, name: "kotlin-script-runtime", sha256: "a658cf5902a1525a06c264a5e42b437e97a6679ddeef8ca641246f270cf6a013" },
  { ...KOTLIN, name: "kotlin-daemon-embeddable", sha256: "7b3ef24674e5bcffcadfc4e43202ea314194939ecbcdd90a4770b2f1b04e0d07" },
  {
    ...KOTLIN,
    name: "kotlin-reflect",
    version: "1.6.10",
    sha256: "3277ac102ae17aad10a55abec75ff5696c8d109790396434b496e75087854203",
  },
  {
    ...KOTLINX,
    name: "kotlinx-coroutines-core-jvm",
    version: "1.8.0",
    sha256: "9860906a1937490bf5f3b06d2f0e10ef451e65b95b269f22daf68a3d1f5065c5",
  },
  {
    group: "org.jetbrains",
    name: "annotations",
    version: "13.0",
    sha256: "ace2a10dc8e2d5fd34925ecac03e4988b2c0f851650c94b8cef49ba1bd111478",
  },
];

/** The compiler's plugin for the serialization of a generated Kotlin client. */
export const kotlinPlugin: Jar = {
  ...KOTLIN,
  name: "kotlin-serialization-compiler-plugin-embeddable",
  sha256: "63b381018a7d45221795d18301150fb80a1d00f30aae7be0550ab86f9ddd0ce8",
};

/** What a generated Kotlin client needs, at the versions that the generator writes into its `build.gradle`. */
export const kotlinLibraries: readonly Jar[] = [
  kotlinStdlib,
  {
    group: "com.squareup.okhttp3",
    name: "okhttp-jvm",
    version: "5.4.0",
    sha256: "b15e605ca0a4b12c62ea7f657dad413c236c947e875854767349cdbe20df473c",
  },
  {
    group: "com.squareup.okio",
    name: "okio-jvm",
    version: "3.17.0",
    sha256: "3b13dcc3e1573047c2d507fc4f7fcb0bb0cbcd9d395da21d20e09406e2cd6a73",
  },
  {
    ...KOTLINX,
    name: "kotlinx-serialization-core-jvm",
    version: "1.11.0",
    sha256: "f4a801c647d4351327cd9e1ac4113e2be9ea37a64ab0abae269c25a52e28f35d",
  },
  {
    ...KOTLINX,
    name: "kotlinx-serialization-json-jvm",
    version: "1.11.0",
    sha256: "563a25b4eb5c9128ae9c2479f3d1a5c44dcd176112b91cf03682e906eba5c935",
  },
];

/** Where a jar is, or will be, below the directory of the jars. */
export function fileOf(directory: string, { name, version }: Jar): string {
  return path.join(directory, `${name}-${version}.jar`);
}

/** Brings missing jars into the directory: with Maven, or by HTTPS if there is no Maven. Throws if a checksum is wrong. */
export async function bringJars(directory: string, jars: readonly Jar[]): Promise<void> {
  const missing = jars.filter((jar) => !existsSync(fileOf(directory, jar)));
  if (missing.length === 0) return;
  await mkdir(directory, { recursive: true });
  // Next to its place, so that a jar appears there whole and checked, or not at all.
  const arrivals = await mkdtemp(path.join(directory, "arriving-"));
  try {
    await copyWithMaven(arrivals, missing).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return download(arrivals, missing);
    });
    for (const jar of missing) await check(fileOf(arrivals, jar), jar);
    for (const jar of missing) await rename(fileOf(arrivals, jar), fileOf(directory, jar));
  } finally {
    await rm(arrivals, { recursive: true, force: true });
  }
}

/** Throws if the file is not the one that the checksum names. */
export async function check(file: string, { name, sha256 }: Pick<Jar, "name" | "sha256">): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const found = hash.digest("hex");
  if (found !== sha256) throw new Error(`${name} has the SHA-256 ${found}, and not ${sha256}.`);
}

async function copyWithMaven(directory: string, jars: readonly Jar[]): Promise<void> {
  const work = await mkdtemp(path.join(tmpdir(), "pendo-jars-"));
  try {
    await writeFile(path.join(work, "pom.xml"), pomOf(directory, jars));
    await run("mvn", ["--quiet", "--batch-mode", "dependency:copy"], { cwd: work, timeout: MS_MAX });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function pomOf(directory: string, jars: readonly Jar[]): string {
  const items = jars.map(
    ({ group, name, version }) =>
      `<artifactItem><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></artifactItem>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>app.pendo</groupId><artifactId>jars</artifactId><version>1</version><packaging>pom</packaging>
<build><plugins><plugin>
<groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version>
<configuration><outputDirectory>${directory}</outputDirectory><artifactItems>${items.join("")}</artifactItems></configuration>
</plugin></plugins></build></project>`;
}

async function download(directory: string, jars: readonly Jar[]): Promise<void> {
  for (const jar of jars) {
    const { group, name, version } = jar;
    const address = `${MAVEN_CENTRAL}/${group.replaceAll(".", "/")}/${name}/${version}/${name}-${version}.jar`;
    const response = await fetch(address, { signal: AbortSignal.timeout(MS_MAX) });
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    await writeFile(fileOf(directory, jar), new Uint8Array(await response.arrayBuffer()));
  }
}
