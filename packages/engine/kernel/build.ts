import { writeFileSync } from "node:fs";
import { commandLine } from "../../../scripts/commandLine.mjs";
import { compileKernel } from "./compile.ts";

commandLine({
  name: "engine:kernel",
  about: "Compiles packages/engine/kernel to WebAssembly, and writes packages/engine/src/index/kernelBinary.ts.",
});

const binary = Buffer.from(await compileKernel());
const lines = binary.toString("base64").match(/.{1,120}/g) ?? [];
const text = `// Compiled from kernel/kernel.as by \`npm run engine:kernel\`; a test compiles it again and compares.
// It is kept here so that a fresh clone runs without a build.
export const KERNEL_BASE64 =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
writeFileSync(new URL("../src/index/kernelBinary.ts", import.meta.url), text);
process.stdout.write(`kernelBinary.ts: ${binary.length} bytes\n`);
