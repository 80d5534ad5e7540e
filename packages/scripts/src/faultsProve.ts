import { readFaults } from "./faults/faults.ts";
import { prove, scratchTree } from "./faults/prove.ts";
import { commandLine } from "../../../scripts/commandLine.mjs";

const command = {
  name: "faults:prove",
  about: "Brings each fault of faults.json back, one at a time, and expects exactly its tests to fail.",
  options: { only: { type: "string", value: "IDS", says: "only these faults, separated by commas" } },
} as const;
const only = commandLine(command, (values) => values.only?.split(","));

const all = await readFaults();
const unknown = only?.filter((id) => !all.some((fault) => fault.id === id)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(`faults.json has no fault named ${unknown.join(", ")}.\n`);
  process.exit(2);
}

const faults = only ? all.filter(({ id }) => only.includes(id)) : all;
const tree = await scratchTree();
let failures = 0;
try {
  for (const [at, fault] of faults.entries()) {
    const { isProven, finding } = await prove(fault, tree.dir);
    if (!isProven) failures += 1;
    process.stdout.write(`${String(at + 1).padStart(3)}/${faults.length}  ${isProven ? "proven" : "FAILED"}  ${fault.id}: ${finding}\n`);
  }
} finally {
  await tree.remove();
}
process.stdout.write(`\n${faults.length - failures} passed, ${failures} failed\n`);
process.exit(failures === 0 ? 0 : 1);
