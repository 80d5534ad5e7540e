import * as z from "zod";
import { MediaId } from "../ids.ts";
import { MEDIA_BYTES_MAX, MediaKind, MediaState, MyMedia, PHOTOS_MAX, PictureType } from "../media.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const createUpload = route({
  at: "POST /v1/media/uploads",
  summary: "Create an upload form for a picture",
  auth: "user",
  input: z.strictObject({
    kind: MediaKind,
    contentType: PictureType,
    /** The size of the file. The form accepts no larger file. */
    bytes: z.int().min(1).max(MEDIA_BYTES_MAX),
  }),
  output: z.object({
    mediaId: MediaId,
    /** Post the fields and then the file as `file`, in multipart/form-data. */
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

export const completeUpload = route({
  at: "POST /v1/media/{mediaId}/complete",
  summary: "Complete the upload of a picture",
  description: "Pendo then reads the picture and moderates it.",
  auth: "user",
  input: z.strictObject({ mediaId: MediaId }),
  output: z.object({ id: MediaId, state: MediaState }),
  status: 202,
  fails: ["media.notFound", "media.notUploaded"],
  limit: "upload",
  needs: ["db", "bus", "storage"],
});

export const get = route({
  at: "GET /v1/media/{mediaId}",
  summary: "Get one of your pictures and its state",
  auth: "user",
  input: z.strictObject({ mediaId: MediaId }),
  output: MyMedia,
  fails: ["media.notFound"],
  limit: "read",
  needs: ["db", "storage"],
});

export const remove = route({
  at: "DELETE /v1/media/{mediaId}",
  summary: "Remove one of your pictures",
  auth: "user",
  input: z.strictObject({ mediaId: MediaId }),
  output: z.void(),
  status: 204,
  fails: ["media.notFound"],
  limit: "write",
  needs: ["db", "bus", "storage"],
});

export const replacePhotoOrder = route({
  at: "PUT /v1/me/photos/order",
  summary: "Replace the order of your profile photos",
  auth: "user",
  input: z.strictObject({ mediaIds: z.array(MediaId).max(PHOTOS_MAX) }),
  output: z.object({ photos: z.array(MyMedia) }),
  fails: [],
  limit: "write",
  needs: ["db", "bus", "storage"],
});
