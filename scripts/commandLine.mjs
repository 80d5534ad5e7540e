// The command line of each command: what it takes, and what `--help` prints. Runs on any Node from 20 on, as run.mjs does.
import { parseArgs } from "node:util";

/** The command line asks for something impossible. The message is one line that names the option. */
export class ArgumentError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = "ArgumentError";
  }
}

/** Reads this process's options. `--help` prints one screen and ends with 0; a wrong option prints one line and ends with 2. */
export function commandLine(command, read = (values) => values) {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(helpOf(command));
    process.exit(0);
  }
  try {
    return read(command.rest === undefined ? valuesOf(command.options || {}, args) : args);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** Reads options from `args`. Throws `ArgumentError`. */
export function valuesOf(options, args) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    const names = Object.keys(options).map((name) => `--${name}`);
    const said = error.message.split(/[.\n]/)[0];
    throw new ArgumentError(`${said}. ${names.length > 0 ? `There are ${names.join(", ")}.` : "This command takes no options."}`);
  }
}

/** One screen: what the command does, its options, its settings, and examples. */
export function helpOf({ name, about, options = {}, rest, settings = {}, examples = [] }) {
  const call = /^(start|test)$/.test(name) ? `npm ${name}` : `npm run ${name}`;
  const rows = Object.entries(options).map(([option, { type, value = "VALUE", says, default: usual }]) => [
    `--${option}${type === "boolean" ? "" : ` ${value}`}`,
    says + (usual === undefined || usual === false ? "" : ` (${usual})`),
  ]);
  if (rest !== undefined) rows.push(["ARGUMENTS", rest]);
  const takes = rows.length > 0 ? ` -- ${rest === undefined ? "[options]" : "[ARGUMENTS]"}` : "";
  return [
    `${call}${takes}`,
    "",
    ...folded(about, 100),
    ...section("Options:", [...rows, ["--help", "prints this"]]),
    ...section("Settings, in the environment:", Object.entries(settings)),
    ...(examples.length > 0 ? ["", "Examples:", ...examples.map((example) => `  ${example}`)] : []),
    "",
  ].join("\n");
}

function section(title, rows) {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.flatMap(([left, right]) =>
    folded(right, 96 - width).map((line, i) => `  ${(i === 0 ? left : "").padEnd(width)}  ${line}`),
  );
  return ["", title, ...lines];
}

function folded(text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
