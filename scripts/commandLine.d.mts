/** An option of a command, as `parseArgs` of node:util takes it, with what `--help` says about it. */
export interface Option {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly default?: string | boolean;
  /** Stands for the value in the help: `N`, `FILE`. */
  readonly value?: string;
  readonly says: string;
}
export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O["type"] extends "boolean" ? boolean : O["multiple"] extends true ? readonly string[] : string;
export type Values<O extends Options> = {
  readonly [N in keyof O]: O[N] extends { readonly default: unknown } ? ValueOf<O[N]> : ValueOf<O[N]> | undefined;
};

export interface Command<O extends Options> {
  /** Its name in package.json. */
  readonly name: string;
  readonly about: string;
  readonly options?: O;
  /** Variables of the environment, and what each means. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly examples?: readonly string[];
}

export class ArgumentError extends Error {}
/** Reads this process's options. `--help` prints one screen and ends with 0; a wrong option prints one line and ends with 2. */
export function commandLine<const O extends Options = {}, Read = Values<O>>(command: Command<O>, read?: (values: Values<O>) => Read): Read;
/** Reads options from `args`. Throws `ArgumentError`. */
export function valuesOf<const O extends Options>(options: O, args: readonly string[]): Values<O>;
