// Sums up what .ci/run left in a directory: vitest's JSON reports, the exit codes of their commands, and other failures.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";

const dir = process.argv[2];
const read = (name) => (existsSync(path.join(dir, name)) ? readFileSync(path.join(dir, name), "utf8") : "");

const skipped = [];
let passed = 0;
let failed = read("failures").split("\n").filter(Boolean).length;

for (const status of readdirSync(dir).filter((name) => name.endsWith(".status"))) {
  const name = path.basename(status, ".status");
  const report = JSON.parse(read(`${name}.json`) || '{"testResults":[]}');
  // These ran once more, with a report of their own.
  const crashed = read(`${name}.crashed`).split("\n").filter(Boolean);
  let failedHere = 0;
  for (const { name: file, status: fileStatus, assertionResults } of report.testResults) {
    if (crashed.includes(file)) continue;
    const of = (wanted) => assertionResults.filter((one) => wanted.includes(one.status));
    passed += of(["passed"]).length;
    // A file that does not even load has no test to count, and is one failure itself.
    failedHere += of(["failed"]).length || (fileStatus === "failed" ? 1 : 0);
    for (const one of of(["skipped", "pending", "todo", "disabled"])) skipped.push(`${path.relative(".", file)}: ${one.fullName}`);
  }
  // Type errors, lint and errors outside any test end the command, and no test tells of them.
  if (read(status).trim() !== "0" && failedHere === 0 && crashed.length === 0) {
    console.log(`!!! FAILED: "${name}" ended with code ${read(status).trim()}, and not because of a test.`);
    failedHere = 1;
  }
  failed += failedHere;
}

const minutes = (seconds) => (Number(seconds) / 60).toFixed(1).padStart(6);
for (const [, name, seconds] of read("minutes").matchAll(/^(.*) (\d+)$/gm)) console.log(`${minutes(seconds)} min  ${name}`);

if (skipped.length > 0) console.log(`\n!!! ${skipped.length} SKIPPED:\n  ${[...new Set(skipped)].join("\n  ")}`);
if (passed === 0 && failed === 0) {
  console.log("!!! FAILED: no test ran.");
  failed = 1;
}
process.exitCode = failed === 0 ? 0 : 1;
console.log(`\n${passed} passed, ${failed} failed`);
