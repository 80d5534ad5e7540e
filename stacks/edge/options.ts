/** What somebody may switch on at the edge. Everything is off unless the environment says otherwise. */
export interface EdgeOptions {
  /** Bot control: 10 $ a month and 1 $ per million requests. */
  readonly botControl: boolean;
  /** Countries that get 403, as ISO 3166-1 codes. */
  readonly blockedCountries: readonly string[];
  /** Out of 100 new sockets, how many open in the standby place. */
  readonly standbySocketShare: number;
}

/** Reads the options. Throws a readable error where one makes no sense. */
export function edgeOptions(env: NodeJS.ProcessEnv): EdgeOptions {
  const bots = env["PENDO_BOT_CONTROL"] ?? "off";
  if (bots !== "on" && bots !== "off") throw new Error(`PENDO_BOT_CONTROL is "${bots}"; it is on or off.`);
  const blockedCountries = (env["PENDO_BLOCKED_COUNTRIES"] ?? "").split(",").filter((code) => code !== "");
  const wrong = blockedCountries.find((code) => !/^[A-Z]{2}$/.test(code));
  if (wrong !== undefined) throw new Error(`PENDO_BLOCKED_COUNTRIES names "${wrong}"; countries are written as in "KP,IR".`);
  const share = env["PENDO_STANDBY_SOCKET_SHARE"] ?? "0";
  if (!/^(100|[0-9]{1,2})$/.test(share)) throw new Error(`PENDO_STANDBY_SOCKET_SHARE is "${share}"; it is a number from 0 to 100.`);
  return { botControl: bots === "on", blockedCountries, standbySocketShare: Number(share) };
}
