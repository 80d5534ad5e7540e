import { type FaultCode, faults } from "../faults.ts";
import { limits } from "../limits.ts";
import { MEDIA_BYTES_MAX, type MediaState, PHOTOS_MAX, PictureType } from "../media.ts";
import { NOTIFICATION_KEPT_DAYS } from "../notification.ts";
import { problemTitle, problemType } from "../problem.ts";
import { quotas } from "../quotas.ts";
import { block, curl, host, json, response, table, token, tokenAndJson } from "./markdown.ts";
import { profileGuide } from "./profileGuide.ts";

const keyed = (key: string): string => `${tokenAndJson} \\\n  -H 'idempotency-key: ${key}'`;
const attemptId = "5f0c2b9e-6d0a-4c1e-9a57-3c1c0e7b8a11";
const ownMessageId = "3f0c2f0e-5b1d-4c6a-8e2f-9a7b6c5d4e3f";
const userId = "0199c0de-1c33-7a2b-8c4d-5e6f7a8b9c0d";
const sessionId = "0199c0de-8b22-7d1e-9f40-6a2f3e4d5c6b";
const mediaId = "0199c0de-4f66-7d5e-9f70-8b9c0d1e2f3a";
const sentAt = "2026-03-01T12:00:00.000Z";
const expiresAt = "2026-03-01T12:10:00.000Z";

/** The guides of the reference, in Markdown. `sockets` is another guide, which comes after the one about sync. */
export function guides(sockets = ""): string {
  const all = [firstRequest, signIn, profileGuide, errors, limitsAndQuotas, idempotency, pages, conditionalRequests, sync, sockets, photos];
  return all
    .join("\n\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

const firstRequest = `
## First request

Pendo is the backend of a dating app: sign-up, profiles, swipes, matches, chat and photos. Start it on your machine, with some users. You
need only Node 20 or newer:
${block("sh", "npm ci && npm run seed -- --users 100 && npm start")}
The samples use \`${host}\`, where a start without settings listens. Each path of this reference begins there. Requests and responses are JSON in UTF-8. The start prints
the address of the local console, which shows every email.

Log in as one of these users. Ask for a sign-in code, without a token:
${curl(`${host}/v1/auth/otp/request`, json, `-d '{"email": "person-2@seed.pendo.test"}'`)}
${response({ challengeId: "0199c0de-7a11-7c0d-8e3f-5f1e2d3c4b5a", expiresAt, digits: 6 })}
Pendo has sent a code by email; read it in the local console. The next guide exchanges the code for tokens.

The samples use shell variables such as \`ACCESS_TOKEN\`. Set each of them to the value of an earlier response. \`USER_ID\` comes from
\`GET /v1/discovery/recommendations\`, and \`CONVERSATION_ID\` from \`GET /v1/conversations\`. The samples work in bash and zsh.

The repository also has a typed client for TypeScript and JavaScript. \`docs/quickstart.md\` leads from sign-in to a live message with the
client, and \`docs/walk.md\` from sign-up to chat with curl.`;

const signIn = `
## Sign-in (login)

Pendo has no passwords: a code from an email signs a user in. The first code of a new address creates the account. So sign up (register) and
login are the same requests.

### Get the tokens

\`POST /v1/auth/otp/request\` sends a code of 6 or 10 digits, for five tries within 10 minutes. Send it back with its \`challengeId\`:
${curl(`${host}/v1/auth/otp/verify`, json, `-d '{"challengeId": "'$CHALLENGE_ID'", "code": "'$CODE'", "deviceName": "Pixel 9"}'`)}
${response({
  accessToken: "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9...",
  expiresInSec: 600,
  refreshToken: `${sessionId}.Zk9tX2V4YW1wbGVfcmVmcmVzaF90b2tlbl9vZl8zMmI`,
  userId,
  registered: false,
  deviceToken: "ZXhhbXBsZV9kZXZpY2VfaW.t5k0zc.Zk9tX2V4YW1wbGVfc2VhbF9vZl9hX2RldmljZV90b2s",
})}
Send the access token with each request. After 10 minutes you get 401 \`auth.tokenExpired\`.
${curl(`${host}/v1/me`, token)}
### Refresh the tokens

Exchange the refresh token for new tokens:
${curl(`${host}/v1/auth/token/refresh`, json, `-d '{"refreshToken": "'$REFRESH_TOKEN'", "attemptId": "${attemptId}"}'`)}
A refresh token is valid for 30 days and works once: each refresh returns the next one (rotation). A used token that comes again may be
stolen, so Pendo revokes the session (reuse detection). Make a random \`attemptId\` for each refresh; a retry with the same one gets
the same refresh token. Refresh one at a time. After \`auth.refreshInvalid\`, and after 90 days at the latest, the user signs in again.

### Devices and sessions

Keep \`deviceToken\` after a sign-out, and send it when you ask for a code: then strangers can't use up the codes of this device. A
\`deviceId\` is another thing: your app makes one per installation, for push tokens. \`GET /v1/me/sessions\` lists the sessions, and
\`DELETE /v1/me/sessions/{sessionId}\` ends one. To sign out (sign in again before you go on):
${curl(`-X POST ${host}/v1/auth/logout`, token)}`;

const errors = `
## Errors

An error is a problem (RFC 9457), with the media type \`application/problem+json\`. This request has a wrong \`limit\`:
${curl(`'${host}/v1/matches?limit=1000'`, token)}
${problem("input.invalid", { errors: [{ pointer: "/limit", detail: "must be at most 100" }] })}
Decide by \`code\`: its meaning never changes. [/docs/errors](/docs/errors) describes each code, and \`type\` is the address of its entry.
\`detail\` is a text that you may show. Each \`errors[].pointer\` names a wrong field as a JSON Pointer. \`instance\` names the
request; quote it in a bug report.

### What to do, by status
${table(
  ["status", "what to do"],
  [
    ["401", "Refresh the tokens after `auth.tokenExpired`. Sign in again after `auth.tokenInvalid` and `auth.refreshInvalid`."],
    ["403 with `resetsAt`", "Wait until that time, and show it to the user: a quota is spent."],
    ["409, 429, 500, 503 with a code below", "Send the same request again, later."],
    ["other 4xx", "Don't retry: the same request gets the same problem."],
  ],
)}
### Codes that allow a retry
${retryTable()}
Wait for the seconds of \`Retry-After\`. In the body, \`retryAt\` may name the same time. Without them wait a second, and twice as long
after each failure. Repeat a GET, a PUT and a DELETE as they are, and a POST with its \`Idempotency-Key\`.`;

const windowMaxSec = Math.max(...Object.values(limits).map(({ windowSec }) => windowSec));

const limitsAndQuotas = `
## Limits and quotas

A rate limit bounds the requests of a short time, and a retry soon helps. A quota bounds what a user may do in hours or days, such as likes.

### Rate limits

Each operation names its limit, and all operations of a limit count together. \`read\` allows ${limits.read.max} requests in
${limits.read.windowSec} s per user. Responses say what is left:
${block("http", `RateLimit-Limit: ${limits.read.max}\nRateLimit-Remaining: ${limits.read.max - 3}\nRateLimit-Reset: 41`)}
\`RateLimit-Reset\` counts the seconds until the window ends. Beyond the limit you get 429 \`rate.limited\`, with \`Retry-After\` and
\`retryAt\`. No window is longer than ${windowMaxSec / 60} minutes. Requests for sign-in codes, tries of codes and refreshes have limits of
their own, without these headers.

### Quotas

A spent quota is 403, not 429, because a retry does not help before \`resetsAt\`. The second superlike of a day, for example:
${curl(`-X PUT ${host}/v1/swipes/$USER_ID`, tokenAndJson, `-d '{"action": "superlike"}'`)}
${problem("swipe.quotaSpent", { resetsAt: "2026-03-02T00:00:00.000Z" })}
\`GET /v1/me/quotas\` returns what is left of each quota:
${table(
  ["quota", "actions", "in"],
  Object.entries(quotas).map(([kind, { cap, windowSec }]) => [`\`${kind}s\``, String(cap), duration(windowSec)]),
)}
\`discovery.viewsSpent\`, \`location.tooFast\` and \`auth.codesSpent\` are 403 with \`resetsAt\` as well.`;

const idempotency = `
## Idempotency

A phone that lost a response can't know whether its request took effect. So it sends the request again, and Pendo makes sure that it counts
once. A PUT or a DELETE is safe to repeat as it is, because its address names the thing. A repeated DELETE may get 404.

### POST with a key

Where an operation takes an \`Idempotency-Key\`, send 8 to 128 random characters (ASCII, no spaces), and the same ones with each retry:
${curl(`${host}/v1/reports`, keyed("0b9f6c1e-4a53-4a0e-9a3c-7d1f2e8b5c60"), `-d '{"userId": "'$USER_ID'", "reason": "spam"}'`)}
For 24 hours a retry gets the first response again, with \`Idempotency-Replayed: true\`. That includes refusals, but no error that allows a
retry. Until an upload is complete, a retry of \`POST /v1/media/uploads\` gets a new form for the same picture.

\`idempotency.keyReused\` (409) means that the key came with another request: make a new key. \`idempotency.inProgress\` (409) means that
the first request still runs: wait for \`Retry-After\`.

### Ids that your app makes

A chat message has an id that your app makes, of any UUID version. Store it with the text before you send:
${curl(`-X PUT ${host}/v1/conversations/$CONVERSATION_ID/messages/${ownMessageId}`, tokenAndJson, `-d '{"text": "Hello!"}'`)}
${response({ id: "0199c0df-2d44-7b3c-9d5e-6f7a8b9c0d1e", seq: 12, sentAt, state: "visible" })}
A retry returns the same \`id\`. Another text under the same message id gets \`message.idReused\` (409).`;

const pages = `
## Pages (pagination)

Lists come in pages. \`items\` has the items of a page, and \`next\` is the cursor of the next page:
${curl(`'${host}/v1/me/sessions?limit=1'`, token)}
${response({
  items: [{ id: sessionId, deviceName: "Pixel 9", createdAt: sentAt, lastUsedAt: sentAt, current: true }],
  next: "WyIwMTk5YzBkZS04YjIyLTdkMWUtOWY0MC02YTJmM2U0ZDVjNmIiXQ",
})}
Send \`next\` back as \`cursor\`, with the same other parameters:
${curl(`"${host}/v1/me/sessions?limit=1&cursor=$NEXT"`, token)}
On the last page \`next\` is null. Only that ends a list: a page may have fewer items than \`limit\`. In most lists \`limit\` is 25 if you
leave it out, and 100 at most; each operation has its own bounds.

A cursor is opaque: don't read it, change it or build one. It belongs to one list. A list that can't read a cursor responds with
\`input.invalid\`. There are no page numbers and no total. For infinite scrolling, load the next page when the user comes near the end.`;

const conditionalRequests = `
## Conditional requests

Some reads return an \`ETag\`, which names the version of the response. Keep it with the response:
${curl(`-i ${host}/v1/me`, token)}
${block("http", 'HTTP/1.1 200 OK\nETag: W/"mYm0Rk5wT2pXc1ZxN2RhZkxpQ2U"\nCache-Control: private, max-age=0, must-revalidate')}
Send it back as \`If-None-Match\`, with its quotation marks. If nothing changed, you get 304 without a body, and your copy is still valid:
${curl(`-i ${host}/v1/me`, token, '-H "if-none-match: $ETAG"')}
${block("http", "HTTP/1.1 304 Not Modified")}
These reads of a user have an \`ETag\`: \`GET /v1/me\`, \`GET /v1/me/profile\`, \`GET /v1/me/preferences\`,
\`GET /v1/me/notification-preferences\` and \`GET /v1/profiles/{userId}\`. A browser does all of this by itself, because
\`Cache-Control\` asks it to.

A profile has signed addresses of its photos. They change every few minutes, and the \`ETag\` changes with them. A 304 counts against the
rate limit, as any response does.`;

const sync = `
## Sync (offline)

Keep a copy of the user's data on the device, so that the app works offline. \`GET /v1/sync\` returns what changed since a cursor, and
everything without one:
${curl(`'${host}/v1/sync?limit=2'`, token)}
${response({
  changes: [
    { kind: "block", id: userId, blockedAt: sentAt },
    { kind: "match", id: "0199c0de-3e55-7c4d-8e6f-7a8b9c0d1e2f", removed: true },
  ],
  cursor: "2s.2t.0199c0dd-0a00-7000-8000-000000000001.Zk9tX2V4YW1wbGVfc2Vh",
  hasMore: true,
  counts: { unread: 1, likes: 3 },
})}
1. Apply the changes in their order. Each has the whole object as it is now, or \`removed\`; a \`like\` has only its number, in \`counts\`.
2. Store the new \`cursor\` in the same local transaction. While \`hasMore\` is true, get the next page with it.
3. Sync again when the app opens, when a socket opens and when a frame comes. Run one sync at a time.

Frames of a WebSocket are hints: a client that missed all of them gets the same data by a sync. \`replica\` of the typed client
keeps such a copy.

### Keep the copy equal

- When a match is removed, also remove its conversation, its messages, the card of the other user and the notifications about it. They get
  no changes of their own.
- Remove a notification ${NOTIFICATION_KEPT_DAYS} days after it was read. No change says so.
- After \`sync.cursorInvalid\` (400), sync without a cursor into an empty copy, then replace the old copy. A cursor names the epoch in which
  it was issued. A restored backup begins a new epoch, and refuses the cursors that it can't know.`;

const stateMeanings: Readonly<Record<MediaState, string>> = {
  requested: "The form waits for its file.",
  uploaded: "The upload is complete. Pendo reads the file.",
  processed: "Pendo has read the file. Moderation has no verdict yet.",
  visible: "Moderation accepted it. It has addresses, and other users may see it.",
  rejected: "Moderation refused it; see `reason`.",
  failed: "Pendo can't read the file; see `reason`.",
};

const uploadBody = '{"kind": "photo", "contentType": "image/jpeg", "bytes": 183204}';

const uploadCode = `const form = new FormData();
for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
form.append("file", file); // The file comes last.
await fetch(upload.url, { method: "POST", body: form });`;

const photos = `
## Photos

An upload has three steps. First create a form, with the size of the file in bytes:
${curl(`${host}/v1/media/uploads`, keyed("c4a1d7e2-93b8-4f65-8d0e-1b2a3c4d5e6f"), `-d '${uploadBody}'`)}
${response({ mediaId, upload: { url: `${host}/_files`, fields: { key: "...", policy: "...", signature: "..." } }, expiresAt })}
Use the kind \`photo\` for the profile, which has at most ${PHOTOS_MAX}, and \`messagePhoto\` for the chat. A file has at most
${MEDIA_BYTES_MAX / 1024 / 1024} MB and one of these types: ${PictureType.options.map((type) => `\`${type}\``).join(", ")}.

Then post all \`fields\` and the file to \`url\`, within 10 minutes and without a token:
${block("js", uploadCode)}
Finally, complete the upload:
${curl(`-X POST ${host}/v1/media/$MEDIA_ID/complete`, token)}
${response({ id: mediaId, state: "uploaded" })}
### States and moderation

Pendo reads and moderates the picture later. Sync brings each state after \`requested\`, and \`GET /v1/media/{mediaId}\` returns it:
${table(
  ["state", "meaning"],
  Object.entries(stateMeanings).map(([state, meaning]) => [`\`${state}\``, meaning]),
)}
Send a \`messagePhoto\` when it is \`visible\`. Addresses of photos are signed and valid for a few minutes: don't store them, get the card
or the message again. \`PUT /v1/me/photos/order\` orders the photos of a profile.`;

function duration(sec: number): string {
  return sec > 86_400 ? `${sec / 86_400} days` : `${sec / 3600} h`;
}

function retryTable(): string {
  const codes = (Object.keys(faults) as FaultCode[]).filter((code) => faults[code].retry);
  const rows = [...Map.groupBy(codes, (code) => faults[code].status)].toSorted(([a], [b]) => a - b);
  return table(
    ["status", "codes"],
    rows.map(([status, list]) => [String(status), list.map((code) => `\`${code}\``).join(", ")]),
  );
}

/** A response that is a problem. */
function problem(code: FaultCode, more: object): string {
  const { status, text } = faults[code];
  const instance = "urn:request:0199c0de-5a77-7e6f-8a81-9c0d1e2f3a4b";
  return response({ type: problemType(code), title: problemTitle(code), status, detail: text, code, instance, ...more });
}
