import { setUp, SetUpError } from "./evaluate/setUp.ts";

// Sees to it that SST's platform is there, whose types the stacks are checked against.
try {
  await setUp((line) => process.stderr.write(`${line}\n`));
} catch (error) {
  process.stderr.write(`${error instanceof SetUpError ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
