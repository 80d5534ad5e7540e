import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const SOURCE = fileURLToPath(new URL("kernel.as", import.meta.url));
// The compiler looks for a name that ends in .ts; the file has another one because TypeScript's own tools cannot read it.
const NAME = "kernel.ts";
const OPTIONS = ["--noAssert", "--runtime", "stub", "--enable", "simd", "--importMemory", "--noExportMemory"];

/**
 * The kernel, compiled from its source. Without `optimize` it compiles faster and runs slower.
 * @throws {Error} what the compiler says, where the source does not compile
 */
export async function compileKernel(source = readFileSync(SOURCE, "utf8"), { optimize = true } = {}): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  let said = "";
  const stderr = {
    write: (text: string | Uint8Array): void => {
      said += typeof text === "string" ? text : new TextDecoder().decode(text);
    },
  };
  const { error } = await asc.main([NAME, "--outFile", "kernel.wasm", ...(optimize ? ["-O3"] : []), ...OPTIONS], {
    readFile: (name) => (name === NAME ? source : null),
    writeFile: (name, contents) => {
      if (name === "kernel.wasm" && typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
    stderr,
  });
  if (error !== null || binary === undefined) throw new Error(`The kernel does not compile: ${error?.message ?? ""}\n${said}`);
  return binary;
}
