/** Where the stores of a personal stage listen, all of them on loopback. `npm run dev:stores` opens them. */
export const localStores = { host: "127.0.0.1", databasePort: 54321, cachePort: 54379, username: "pendo_dev", database: "pendo" } as const;

let made: { readonly password: $util.Output<string>; readonly token: $util.Output<string> } | undefined;

/** What opens the local stores. Loopback is open to every user of the machine, so even there nobody gets in without them. */
export function localCredentials() {
  made ??= {
    password: new random.RandomPassword("LocalDatabasePassword", { length: 32, special: false }).result,
    token: new random.RandomPassword("LocalCacheToken", { length: 32, special: false }).result,
  };
  return made;
}

/** Starts PostgreSQL and the cache beside `sst dev`, so that live Lambda needs neither in the cloud. */
export function devStores(): void {
  if (!$dev) return;
  const { password, token } = localCredentials();
  new sst.x.DevCommand("LocalStores", {
    dev: { title: "PostgreSQL and Redis", command: "npm run --silent dev:stores", autostart: true },
    environment: {
      PENDO_DEV_DATABASE_PORT: String(localStores.databasePort),
      PENDO_DEV_DATABASE_USER: localStores.username,
      PENDO_DEV_DATABASE: localStores.database,
      PENDO_DEV_DATABASE_PASSWORD: password,
      PENDO_DEV_CACHE_PORT: String(localStores.cachePort),
      PENDO_DEV_CACHE_TOKEN: token,
    },
  });
}
