import { generateKeyPairSync, randomBytes } from "node:crypto";
import { type QueueName, queues } from "@pendo/contract/queues";

/** Links as a stage has them, of which none leads anywhere: starting connects to nothing. */
export function fakeLinks(): Record<string, Record<string, unknown>> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signing = { ...privateKey.export({ format: "jwk" }), kid: "cold", alg: "ES256" };
  const distribution = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const everyQueue = (Object.keys(queues) as QueueName[]).map((name) => `Queue${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  return {
    App: { name: "pendo", stage: "cold" },
    Database: { host: "aurora.proxy-cold.example", port: 5432, username: "pendo", password: "cold", database: "pendo" },
    Cache: { url: "https://cache.example", token: "cold" },
    Search: { url: "https://search.example", username: "pendo", password: "cold" },
    Uploads: { name: "uploads" },
    Media: { url: "https://media.example", keyPairId: "COLD", privateKey: distribution },
    Connections: { name: "connections" },
    Socket: { managementEndpoint: "https://socket.example/live" },
    Mail: { sender: "hello@pendo.example" },
    Push: { vapid: { subject: "mailto:hello@pendo.example", publicKey: "public", privateKey: "private" } },
    Addresses: { publicUrl: "https://api.pendo.example", socketUrl: "wss://socket.pendo.example", vapidPublicKey: `B${"A".repeat(86)}` },
    MasterSecret: { value: randomBytes(32).toString("base64") },
    SigningKeys: { value: JSON.stringify({ keys: [signing] }) },
    ...Object.fromEntries(
      everyQueue.flatMap((name) => [name, `${name}Dead`]).map((name) => [name, { url: `https://sqs.example/${name}` }]),
    ),
  };
}
