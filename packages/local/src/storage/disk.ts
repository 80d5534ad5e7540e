import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { Fault } from "@pendo/core/fault";
import type { Clock } from "@pendo/core/ports/clock/clock";
import { diskFiles } from "./diskFiles.ts";
import { signingWindow } from "@pendo/core/ports/storage/expiry";
import { checkKey, isKey } from "@pendo/core/ports/storage/key";
import type { Storage, StoredObject } from "@pendo/core/ports/storage/storage";

export interface DiskStorageOptions {
  /** The directory that holds the files; made when it is missing. */
  readonly root: string;
  /** Where the host answers: forms are posted here, and `/<key>` below it is read. Without a slash at the end. A function where each client may use another. */
  readonly baseUrl: string | (() => string);
  /** 32 bytes that sign forms and addresses. */
  readonly secret: KeyObject;
  readonly clock: Clock;
}

/** Files on a disk, and the two questions that S3 answers itself: may this be stored, may this be read? */
export interface DiskStorage extends Storage {
  /**
   * Stores an upload made with one of our forms. `body` is read only as far as the form allows. A form stores one file; where that fails, it may be
   * tried again.
   * @throws {Fault} `auth.forbidden`: the form is not ours, expired or altered
   * @throws {Fault} `media.formUsed`: a file came already, or the key was removed
   * @throws {Fault} `input.tooLarge`: the file is larger than the form allows
   * @throws {Fault} `input.invalid`: the file is empty
   * @throws {Fault} `store.full`: the disk has no room
   */
  acceptUpload(fields: Readonly<Record<string, string>>, body: UploadBody): Promise<{ key: string; bytes: number }>;
  /** The object behind a signed address, or null where the signature is wrong or expired, or the object is gone. */
  readSigned(key: string, query: Readonly<Record<string, string | undefined>>): Promise<StoredObject | null>;
}

export type UploadBody = Uint8Array | AsyncIterable<Uint8Array>;

const Policy = z.strictObject({ expiresMs: z.int(), key: z.string(), contentType: z.string(), bytesMax: z.int() });
type Policy = z.infer<typeof Policy>;

/** Files under a root directory, with forms and addresses of the same shape as S3's. */
export function diskStorage({ root, baseUrl, secret, clock }: DiskStorageOptions): DiskStorage {
  if (secret.symmetricKeySize !== 32) throw new Error("the key that signs files must have 32 bytes");
  const files = diskFiles(root);
  const base = typeof baseUrl === "string" ? () => baseUrl : baseUrl;
  // The purpose is part of what is signed, so that a form's signature never opens a file or the other way round.
  const sign = (purpose: "read" | "upload", text: string) => createHmac("sha256", secret).update(`${purpose}\n${text}`).digest("base64url");

  return {
    async uploadForm({ key, contentType, bytesMax, expiresSec }) {
      checkKey(key);
      await files.openForm(key);
      const policy: Policy = { expiresMs: clock.now().getTime() + expiresSec * 1000, key, contentType, bytesMax };
      const encoded = Buffer.from(JSON.stringify(policy)).toString("base64url");
      return { url: base(), fields: { key, "Content-Type": contentType, policy: encoded, signature: sign("upload", encoded) } };
    },

    async acceptUpload(fields, body) {
      const encoded = fields["policy"] ?? "";
      if (!sameText(fields["signature"] ?? "", sign("upload", encoded))) throw new Fault("auth.forbidden");
      const policy = Policy.parse(JSON.parse(Buffer.from(encoded, "base64url").toString()));
      const asked = policy.key === fields["key"] && policy.contentType === fields["Content-Type"];
      if (!asked || policy.expiresMs <= clock.now().getTime()) throw new Fault("auth.forbidden");
      const bytes = await files.writeByForm(policy.key, bounded(body, policy.bytesMax), policy.contentType);
      return { key: policy.key, bytes };
    },

    async url(key, expiresSec) {
      checkKey(key);
      const { expiresAt } = signingWindow(clock.now(), expiresSec);
      const expires = String(expiresAt.getTime() / 1000);
      return `${base()}/${key}?expires=${expires}&signature=${sign("read", `${key}\n${expires}`)}`;
    },

    async readSigned(key, query) {
      const expires = query["expires"] ?? "";
      if (!isKey(key) || !sameText(query["signature"] ?? "", sign("read", `${key}\n${expires}`))) return null;
      if (Number(expires) * 1000 <= clock.now().getTime()) return null;
      return files.read(key);
    },

    async put(key, body, contentType) {
      checkKey(key);
      await files.write(key, [body], contentType);
    },

    async get(key) {
      checkKey(key);
      return files.read(key);
    },

    async head(key) {
      checkKey(key);
      return files.head(key);
    },

    async remove(keys) {
      keys.forEach(checkKey);
      await files.remove(keys);
    },

    ping: () => files.ping(),
  };
}

function sameText(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

async function* bounded(body: UploadBody, bytesMax: number): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new Fault("input.tooLarge");
    yield chunk;
  }
  if (bytes === 0) throw new Fault("input.invalid", { fields: { "/file": "is empty" } });
}
