/** Values that people set with `sst secret set NAME VALUE --stage STAGE`; a deployment without one of the first two stops and names it. */
export function secrets() {
  return {
    /** 32 random bytes in base64: everything that needs a key of its own is derived from it. */
    masterSecret: new sst.Secret("MasterSecret"),
    /** The private keys that sign access tokens (a JWK set). */
    signingKeys: new sst.Secret("SigningKeys"),
    /** JSON {subject, publicKey, privateKey}: the key pair of web push. */
    vapid: new sst.Secret("Vapid"),
    /** Where bugs are reported. Empty: they are in the logs alone. */
    sentryDsn: new sst.Secret("SentryDsn", ""),
    /** Platform credentials of Apple and Google, JSON. Empty: only web push is sent. */
    appleCredentials: new sst.Secret("AppleCredentials", ""),
    googleCredentials: new sst.Secret("GoogleCredentials", ""),
    /** Who is woken: an email address, or an https address of a paging service. */
    alarmAddress: new sst.Secret("AlarmAddress", ""),
  };
}
export type Secrets = ReturnType<typeof secrets>;
