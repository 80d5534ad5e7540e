import { generateKeyPairSync } from "node:crypto";
import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { expect, test } from "vitest";
import { cloudFrontUrl } from "./cloudFront.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keys = {
  baseUrl: "https://media.example.com",
  keyPairId: "K2JCJMDEHXQW5F",
  privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
};

test("addresses are signed as the SDK signs them, to the letter", () => {
  const differing = Array.from(
    { length: 50 },
    (_, i) => [`media/0198b3${i}/original.webp`, new Date(1_790_000_000_000 + i * 37_000)] as const,
  )
    .map(([key, dateLessThan]) => {
      const { keyPairId, privateKey: pem } = keys;
      return [
        cloudFrontUrl(keys, key, dateLessThan),
        getSignedUrl({ url: `${keys.baseUrl}/${key}`, keyPairId, privateKey: pem, dateLessThan: dateLessThan.toISOString() }),
      ];
    })
    .filter(([ours, theirs]) => ours !== theirs);
  expect(differing).toEqual([]);
});
