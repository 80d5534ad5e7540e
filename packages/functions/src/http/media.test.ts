import * as routes from "@pendo/contract/routes/media";
import { UPLOAD_SEC } from "@pendo/core/media/media";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { expect, test } from "vitest";
import { httpFunction } from "../middleware/http.ts";
import { call, keepingObserver, signedIn } from "../middleware/testEvents.ts";
import { handlers } from "./media.ts";

const ports = testPorts(testDb());
const serve = httpFunction("media", routes, handlers, { ports, clock: ports.clock, ids: ports.ids, observer: keepingObserver() });

interface Upload {
  readonly mediaId: string;
  readonly upload: { readonly fields: Record<string, string> };
}

test("POST /v1/media/uploads answers a repeated Idempotency-Key with a form that has not expired", async () => {
  const body = { kind: "photo", contentType: "image/jpeg", bytes: 100 };
  const ask = async (headers: Record<string, string>): Promise<Upload> => {
    const answer = await call(serve, routes.createUpload.at, { headers: { ...headers, "idempotency-key": "a-key-of-a-phone" }, body });
    expect(answer.status).toBe(201);
    return answer.json() as unknown as Upload;
  };
  const { headers } = await signedIn(ports);
  const first = await ask(headers);
  ports.clock.advance((UPLOAD_SEC / 2) * 1000);
  const second = await ask(headers);
  ports.clock.advance((UPLOAD_SEC / 2) * 1000 + 1);

  await expect(ports.storage.acceptUpload(first.upload.fields, new Uint8Array(10))).rejects.toMatchObject({ code: "auth.forbidden" });
  await expect(ports.storage.acceptUpload(second.upload.fields, new Uint8Array(10))).resolves.toMatchObject({ bytes: 10 });
  expect(second.mediaId).toBe(first.mediaId);
});
