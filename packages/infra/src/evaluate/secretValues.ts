// Every sst.Secret has a value here, as if `sst secret set` had been run for it. Nothing of it is secret.

/** The value of a secret. */
export function secretValue(name: string): string {
  return `secret:${name}`;
}
