import { ArgumentError } from "../../../../scripts/commandLine.mjs";

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
