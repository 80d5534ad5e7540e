// Every sst.Secret has a value here, as if `sst secret set` had been run for it. Nothing of it is secret.

const documents: Readonly<Record<string, object>> = {
  Vapid: { subject: "mailto:hello@example.com", publicKey: "vapid-public", privateKey: "vapid-private" },
  AppleCredentials: { privateKey: "apple-key", keyId: "KEY1234567", teamId: "TEAM123456", bundleId: "app.pendo" },
  GoogleCredentials: { project_id: "pendo", private_key: "google-key", client_email: "push@pendo.example.com" },
};

/** The value of a secret: JSON where the stacks read JSON. */
export function secretValue(name: string): string {
  return documents[name] ? JSON.stringify(documents[name]) : `secret:${name}`;
}
