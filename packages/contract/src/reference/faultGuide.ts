import type { FaultCode } from "../faults.ts";
import { PHOTOS_MAX } from "../media.ts";
import { MESSAGE_EDIT_SEC, REACTIONS_MAX } from "../message.ts";
import { quotas } from "../quotas.ts";

/** What a developer must know about a fault. Each text has one or two whole sentences; backticks mark code. */
export interface FaultAdvice {
  /** In which situation the API returns the fault. */
  readonly when: string;
  /** What the client does about it. */
  readonly remedy: string;
}

/** The advice on every fault. */
export const faultGuide: Readonly<Record<FaultCode, FaultAdvice>> = {
  "input.invalid": advice(
    "A field of the request or the frame is missing, unknown or wrong. A list also returns it for a `cursor` of another list.",
    "Correct the fields that `errors` names, and send a new request. After a wrong `cursor`, load the list again from its beginning.",
  ),
  "input.notText": advice(
    "The body or the frame holds bytes that are not UTF-8. A socket that gets a binary frame may send it too, and then closes.",
    "Encode the text as UTF-8. On a socket, send text frames only.",
  ),
  "input.notJson": advice(
    "The body or the frame is text, but no valid JSON.",
    "Create the text with a JSON serializer, and send a new request.",
  ),
  "input.tooLarge": advice(
    "The body is larger than an operation accepts, or a file is larger than its upload form allows.",
    "Send less in one request. For a file, create an upload form with the true size in `bytes`.",
  ),
  "input.mediaType": advice(
    "The body is not `application/json` in UTF-8, or it is compressed. An upload form expects `multipart/form-data`.",
    "Send `Content-Type: application/json` and no `Content-Encoding`.",
  ),
  "route.notFound": advice(
    "No operation has this address.",
    "Compare the address with the reference. Encode the values in the path, such as an emoji.",
  ),
  "route.methodNotAllowed": advice(
    "The address exists, but not with this method. The `Allow` header lists the methods that it supports.",
    "Use a method that `Allow` lists.",
  ),
  "server.failed": advice(
    "The server met an error that it did not expect. The operators get a report about it.",
    "Repeat the request a few times, with longer pauses and the same `Idempotency-Key`. If it still fails, report `instance`.",
  ),
  "server.busy": advice(
    "The server has too much work, or the work did not end in time. One example is a comment that got no verdict in time.",
    "Wait as long as `Retry-After` says, then send the same request again. Wait longer after each further failure.",
  ),
  "store.unavailable": advice(
    "A store that the operation needs, such as the database or the file storage, does not respond.",
    "Keep what the user wrote. Wait as long as `Retry-After` says, or longer after each failure, and send the request again.",
  ),
  "store.full": advice(
    "A store has no space left, so the server can't write. Any operation that writes may return it.",
    "Keep what the user wrote, show `detail`, and send the same request again some minutes later.",
  ),
  "rate.limited": advice(
    "A user, a session, a device or a network has sent more requests than a rate limit allows. The wait is at most 15 minutes.",
    "Wait as long as `Retry-After` says, then send the same request again. `RateLimit-Remaining` shows how many are left.",
  ),
  "idempotency.keyReused": advice(
    "The user sent this `Idempotency-Key` before, with another operation or with other input.",
    "Create a new random key for each new request. Send a key again only to retry the same request.",
  ),
  "idempotency.inProgress": advice(
    "The first request with this `Idempotency-Key` is still running.",
    "Wait as long as `Retry-After` says, then send the same request with the same key again. It gets the first response.",
  ),

  "auth.required": advice(
    "The request has no `Authorization` header. A frame returns it when the session of its socket has ended; then the socket closes.",
    "Let the user sign in, and send the access token as `Authorization: Bearer`, followed by the token.",
  ),
  "auth.tokenInvalid": advice(
    "The `Authorization` header holds no valid access token, or the session of the token has ended.",
    "Send the header as `Bearer` and the token. If it is right, remove both tokens from the device, and let the user sign in again.",
  ),
  "auth.tokenExpired": advice(
    "The access token is older than the `expiresInSec` that came with it.",
    "Refresh the token once with `auth.refresh`, then repeat the request. Requests that fail at the same time wait for the same refresh.",
  ),
  "auth.forbidden": advice(
    "The user lacks the staff role, or would take `admin` from themselves. An expired file address or upload form may return it too.",
    "Hide the action from users without the role. For a file, get a new address or a new upload form.",
  ),
  "auth.codeInvalid": advice(
    "The sign-in code is wrong, expired, used or tried too often, or the `challengeId` is unknown.",
    "Let the user type the code again. If that fails too, request a new code with `auth.requestOtp`.",
  ),
  "auth.codesSpent": advice(
    "The device or its network has requested or tried as many sign-in codes as a day allows.",
    "Show `detail` and `resetsAt`. If the device signed in before, send its `deviceToken`, which has a budget of its own.",
  ),
  "auth.refreshInvalid": advice(
    "The refresh token is unknown, expired or used, or its session has ended. A token that is used twice ends its session.",
    "Remove both tokens from the device, and let the user sign in again. Send each retry of a refresh with the same `attemptId`.",
  ),
  "auth.underage": advice(
    "The birth date says that the user is younger than 18. The update is not stored.",
    "Show `detail`, and let the user correct a mistyped date.",
  ),
  "account.suspended": advice(
    "The account of the user is suspended. A sign-in and a refresh return it too.",
    "Remove both tokens from the device, close the socket, and show `detail`.",
  ),
  "session.notFound": advice(
    "You have no session with this id, or the session has ended already.",
    "Treat the session as ended, and load `sessions.list` again.",
  ),

  "profile.notFound": advice(
    "You can't see the user, for example after a block or the end of a match. `discovery.explain` needs a card that you got today.",
    "Remove the card from the device, and show the next one. The response never tells the cause.",
  ),
  "profile.incomplete": advice(
    "Your own profile lacks a field that the operation needs, such as the name, the birth date, the gender or the location.",
    "Lead the user to the missing fields, then repeat the request. `errors` names them, or else `missing` of `profiles.getMine`.",
  ),
  "profile.notShown": advice(
    "Other users can't find your profile, so a boost would do nothing. It is incomplete or paused, or moderation hides it.",
    "Show `detail`. `profiles.getMine` shows most causes in `missing`, `visibility`, `textState` and `photos`.",
  ),
  "location.tooFast": advice(
    "The user can't have travelled so far in that time, or the place changed too often in a day.",
    "Keep the last place, and send the place of the user again after `resetsAt`.",
  ),
  "travel.quotaSpent": advice(
    "The user has started travel mode as often as a day allows. `resetsAt` says when it is possible again.",
    "Show `detail` and `resetsAt`. `quotas.get` shows the quota before the user tries.",
  ),
  "media.notFound": advice(
    "You have no such picture. A message needs your `messagePhoto` in the state `visible`, a report a picture that you can see.",
    "Remove the picture from the device. If `media.createUpload` returns it, use a new `Idempotency-Key`.",
  ),
  "media.notUploaded": advice(
    "The storage has no file for this upload form yet.",
    "Post the file to the form first, then call `media.completeUpload` again. Create a new form if this one has expired.",
  ),
  "media.tooMany": advice(
    `The profile has ${PHOTOS_MAX} photos. Each upload form counts from its creation, and one that gets no file counts for about a day.`,
    "Let the user remove a photo first.",
  ),
  "media.quotaSpent": advice(
    "You have created as many upload forms for pictures in messages as a day allows, used or not.",
    "Show `detail` and `resetsAt`. Text messages and profile photos do not need this quota.",
  ),
  "media.formUsed": advice(
    "The upload form stored a file already, or its picture was removed. The address of the form returns it, not an operation.",
    "Call `media.completeUpload` if your file was stored. Otherwise create a new upload form.",
  ),
  "media.unsupported": advice(
    "Moderation can't read an uploaded picture. That happens after the upload, so no response has this code.",
    "Read the `state` with `media.get`. If it is `failed`, let the user choose another picture.",
  ),

  "discovery.viewsSpent": advice(
    "The user has loaded cards as often as a day allows. `resetsAt` says when it is possible again.",
    "Show `detail`, and load no cards until `resetsAt`. Load the next page only when the user needs it.",
  ),
  "boost.quotaSpent": advice(
    `The user has started as many boosts as ${quotas.boost.windowSec / 86_400} days allow. \`resetsAt\` says when it is possible again.`,
    "Show `detail` and `resetsAt`. `quotas.get` shows the quota before the user tries.",
  ),
  "swipe.self": advice("`targetId` is your own id.", "Do not offer a swipe on the user's own card."),
  "swipe.quotaSpent": advice(
    "No like, superlike or rewind is left. `resetsAt` says when the whole quota is available again.",
    "Keep the card, and show `detail` and `resetsAt`. A pass needs no quota.",
  ),
  "swipe.nothingToRewind": advice(
    "You have not swiped yet, or you have rewound your newest swipe.",
    "Disable the rewind until the user swipes again.",
  ),
  "swipe.matched": advice(
    "You and the target like each other. A pass and a rewind can't undo that.",
    "Call `sync.sync`, and show the match. `matches.end` ends it.",
  ),
  "match.notFound": advice(
    "You never had a match with this id. `matches.get` returns it as well when the match has ended or you can't see the other user.",
    "Remove the match and its conversation from the device.",
  ),

  "conversation.notFound": advice(
    "There is no conversation with this id, or you are not a member of it.",
    "Remove the conversation from the device, and call `sync.sync`.",
  ),
  "conversation.ended": advice(
    "The match ended, or one of you blocked the other. Neither of you can read or write here.",
    "Close the conversation, and remove it and its unsent messages from the device.",
  ),
  "message.notFound": advice(
    "There is no such message that you can see, or it waits for its verdict. A report needs a message from the reported user.",
    "Call `sync.sync` to learn whether the message is deleted. If it is `pending`, try again when it is `visible`.",
  ),
  "message.idReused": advice(
    "You sent this message id before in the same conversation, with other content.",
    "Create a new id for each new message. Send an id again only to retry the same content.",
  ),
  "message.notEditable": advice(
    `The message is not yours. An update also needs a visible text that is at most ${MESSAGE_EDIT_SEC / 60} minutes old.`,
    "Load the message again, and offer only the actions that it allows.",
  ),
  "message.refused": advice(
    "The new text of a message, or the comment of a like, breaks the community rules. Nothing is stored.",
    "Show `detail`, keep the text in the input field, and let the user change it.",
  ),
  "reaction.tooMany": advice(
    `You have added ${REACTIONS_MAX} different emojis to this message.`,
    "Let the user remove an emoji from the message first.",
  ),
  "sync.cursorInvalid": advice(
    "The cursor was not made for this user, or it is no longer valid because the database was restored from a backup.",
    "Sync without a cursor into an empty copy, then replace the old copy.",
  ),
  "ticket.invalid": advice(
    "The ticket of a socket is unknown, used or expired, or its session has ended. The handshake fails with 401 and no body.",
    "Create a new ticket with `realtime.createTicket` for each socket, and open the socket at once.",
  ),

  "user.notFound": advice(
    "A report needs a user that you can see or had a match with, and `presence.subscribe` your matches. For staff, no account has this id.",
    "Remove the user from the device, and call `sync.sync` to get the present matches.",
  ),
  "report.notFound": advice("You have made no report with this id.", "Use the ids that `reports.create` returned to the same user."),
  "notification.notFound": advice(
    "One of `ids` is no notification of yours, or it was removed. No notification is marked.",
    "Load `notifications.list` again, and name only the notifications that it returns, or use `upTo`.",
  ),
  "unsubscribe.invalid": advice(
    "The token of the link was not made by this deployment, or the link is incomplete.",
    "Open the whole link of the email, or change the email preferences in the app.",
  ),
  "hashBank.notFound": advice(
    "There is no hash bank with this name, or it never had this entry.",
    "Load the entries again with `admin.listHashBankEntries`; the only bank is called `pictures`.",
  ),
  "queue.notFound": advice("There is no queue with this name.", "Use a name that `admin.listQueues` returns."),
  "deadLetter.notFound": advice(
    "The queue has no dead letter with this id. It was removed, or sent back to its queue.",
    "Load `admin.listDeadLetters` again.",
  ),

  "ops.notReady": advice(
    "A part that Pendo can't work without did not respond in time, or the database accepts no write. `errors` names the parts.",
    "Send this process no requests until the check succeeds, and look at the parts that `errors` names.",
  ),
};

function advice(when: string, remedy: string): FaultAdvice {
  return { when, remedy };
}
