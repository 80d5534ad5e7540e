import type { Queryable } from "../ports/db/db.ts";

/** Whether a row of `media` is a photo that its user's profile shows to others. */
export function isShownPhoto(sql: Queryable) {
  return sql`(media.kind = 'photo' and media.state = 'visible' and media.position is not null)`;
}

/** Whether the words of the profile `p` passed moderation, so that others may read them. */
export function areWordsVisible(sql: Queryable) {
  return sql`(p.text_state = 'visible')`;
}

/** A row of `media` as the JSON of a photo. */
export function photoJson(sql: Queryable) {
  return sql`json_build_object('id', media.id, 'version', media.version, 'width', media.width, 'height', media.height, 'blur', media.blur)`;
}
