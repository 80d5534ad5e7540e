import { parseArgs, type ParseArgsOptionsConfig } from "node:util";

/** The command line says something that cannot be done. The message is one line that names the option. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/** Reads `--name value` for each of these names. */
export function argumentsOf<Name extends string>(args: readonly string[], names: readonly Name[]): { readonly [N in Name]?: string } {
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
    return parseArgs({ args: [...args], options, strict: true }).values as { [N in Name]?: string };
  } catch (error) {
    throw saidOf(error, names);
  }
}

type Values<O extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: O }>>["values"];

/** Reads this process's command line and what is made of it. Where one of them cannot be, a line says what, and the process ends with 2. */
export function commandLine<const O extends ParseArgsOptionsConfig, Read>(options: O, read: (values: Values<O>) => Read): Read {
  try {
    return read(valuesOf(options));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function valuesOf<const O extends ParseArgsOptionsConfig>(options: O): Values<O> {
  try {
    return parseArgs({ options, strict: true }).values;
  } catch (error) {
    throw saidOf(error, Object.keys(options));
  }
}

function saidOf(error: unknown, names: readonly string[]): ArgumentError {
  const said = (error as Error).message.split(/[.\n]/)[0] ?? "";
  return new ArgumentError(`${said}. There are ${names.map((name) => `--${name}`).join(", ")}.`);
}

/** A whole number within bounds, both included. */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new ArgumentError(`--${name} must be a whole number from ${min} to ${max.toLocaleString("en")}, not "${text}".`);
  }
  return value;
}

/** An http address on this machine, without a slash at the end: nothing here is to be let loose on a service that others use. */
export function localUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || url.protocol !== "http:" || !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) {
    throw new ArgumentError(`--url must be an http address on this machine, such as http://127.0.0.1:4000, not "${text}".`);
  }
  return url.origin;
}
