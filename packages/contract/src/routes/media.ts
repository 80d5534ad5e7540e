import * as z from "zod";
import { MediaId } from "../ids.ts";
import { MEDIA_BYTES_MAX, MediaKind, MediaState, MyMedia, PHOTOS_MAX, PictureType } from "../media.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const upload = route({
  at: "POST /v1/media/uploads",
  summary: "Ask for a form to upload a picture with",
  auth: "user",
  input: z.strictObject({
    kind: MediaKind,
    contentType: PictureType,
    /** How large the file is; the form accepts no more than this. */
    bytes: z.int().min(1).max(MEDIA_BYTES_MAX),
  }),
  output: z.object({
    mediaId: MediaId,
    /** Post the fields and then the file, named `file`, as multipart/form-data. */
    upload: z.object({ url: z.string(), fields: z.record(z.string(), z.string()) }),
    expiresAt: Time,
  }),
  status: 201,
  fails: ["media.tooMany", "media.quotaSpent", "media.notFound"],
  limit: "upload",
  idempotent: true,
  renewed: true,
  needs: ["db", "storage"],
});

export const complete = route({
  at: "POST /v1/media/{id}/complete",
  summary: "Say that the picture is uploaded; it is then read and judged",
  auth: "user",
  input: z.strictObject({ id: MediaId }),
  output: z.object({ id: MediaId, state: MediaState }),
  status: 202,
  fails: ["media.notFound", "media.notUploaded"],
  limit: "upload",
  needs: ["db", "bus", "storage"],
});

export const read = route({
  at: "GET /v1/media/{id}",
  summary: "One's own picture and its state",
  auth: "user",
  input: z.strictObject({ id: MediaId }),
  output: MyMedia,
  fails: ["media.notFound"],
  limit: "read",
  needs: ["db", "storage"],
});

export const remove = route({
  at: "DELETE /v1/media/{id}",
  summary: "Delete one's own picture",
  auth: "user",
  input: z.strictObject({ id: MediaId }),
  output: z.void(),
  status: 204,
  fails: ["media.notFound"],
  limit: "write",
  needs: ["db", "bus", "storage"],
});

export const order = route({
  at: "PUT /v1/me/photos/order",
  summary: "Put the photos of one's profile in order",
  auth: "user",
  input: z.strictObject({ mediaIds: z.array(MediaId).max(PHOTOS_MAX) }),
  output: z.object({ photos: z.array(MyMedia) }),
  fails: [],
  limit: "write",
  needs: ["db", "bus", "storage"],
});
