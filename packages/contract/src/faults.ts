export interface FaultSpec {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 412 | 413 | 415 | 422 | 429 | 431 | 500 | 503;
  /** Whether the same request may succeed later. Queues retry a job with such a fault, and acknowledge the others. */
  readonly retry: boolean;
  /** A text that a client may show. It has no internals. */
  readonly text: string;
}

/** Every expected failure. The code is the last part of the problem's `type`. Its meaning never changes. */
export const faults = {
  "input.invalid": { status: 400, retry: false, text: "The request has fields that are missing, unknown or malformed." },
  "input.notText": { status: 400, retry: false, text: "Send text, in UTF-8." },
  "input.notJson": { status: 400, retry: false, text: "The body is not valid JSON." },
  "input.tooLarge": { status: 413, retry: false, text: "The request is larger than this route accepts." },
  "input.mediaType": { status: 415, retry: false, text: "Send the body as application/json in UTF-8, without compression." },
  "route.notFound": { status: 404, retry: false, text: "This address does not exist." },
  "route.methodNotAllowed": { status: 405, retry: false, text: "This address does not support the method." },
  "server.failed": { status: 500, retry: true, text: "Something went wrong on our side." },
  "server.busy": { status: 503, retry: true, text: "The service is busy. Try again in a moment." },
  "store.unavailable": { status: 503, retry: true, text: "A part of the service is unavailable. Try again in a moment." },
  "store.full": { status: 503, retry: true, text: "There is no space to store this at the moment." },
  // Only for waits of at most 15 minutes. A quota that needs a longer wait is a 403 with `resetsAt`.
  "rate.limited": { status: 429, retry: true, text: "Too many requests. Slow down and try again later." },
  "idempotency.keyReused": { status: 409, retry: false, text: "This Idempotency-Key was used with another request." },
  "idempotency.inProgress": { status: 409, retry: true, text: "The first request with this Idempotency-Key is still running." },

  "auth.required": { status: 401, retry: false, text: "Sign in first." },
  "auth.tokenInvalid": { status: 401, retry: false, text: "The access token is invalid." },
  "auth.tokenExpired": { status: 401, retry: false, text: "The access token has expired. Refresh it." },
  "auth.forbidden": { status: 403, retry: false, text: "You may not do this." },
  "auth.codeInvalid": { status: 401, retry: false, text: "That code is wrong or has expired." },
  "auth.codesSpent": {
    status: 403,
    retry: false,
    text: "Too many codes for today. Use a device that signed in before, or try again later.",
  },
  "auth.refreshInvalid": { status: 401, retry: false, text: "The refresh token is invalid. Sign in again." },
  "auth.underage": { status: 403, retry: false, text: "You must be 18 or older to use Pendo." },
  "account.suspended": { status: 403, retry: false, text: "This account is suspended." },
  "session.notFound": { status: 404, retry: false, text: "There is no such session." },

  "profile.notFound": { status: 404, retry: false, text: "There is no such profile." },
  "profile.incomplete": { status: 409, retry: false, text: "Complete your profile first." },
  "profile.notShown": { status: 409, retry: false, text: "Other users can't see your profile at the moment." },
  "location.tooFast": { status: 403, retry: false, text: "Your location changed too often or too far. Try again later." },
  "travel.quotaSpent": { status: 403, retry: false, text: "You have travelled today already. Try again later." },
  "media.notFound": { status: 404, retry: false, text: "There is no such picture." },
  "media.notUploaded": { status: 409, retry: false, text: "The file has not been uploaded yet." },
  "media.tooMany": { status: 409, retry: false, text: "Your profile has as many photos as allowed." },
  "media.quotaSpent": { status: 403, retry: false, text: "You have sent as many photos as allowed today. Try again later." },
  "media.formUsed": { status: 409, retry: false, text: "This upload form was used already, or its picture was removed." },
  "media.unsupported": { status: 422, retry: false, text: "The file is not a picture that Pendo can read." },

  "discovery.viewsSpent": { status: 403, retry: false, text: "You have seen as many profiles as allowed today. Try again tomorrow." },
  "boost.quotaSpent": { status: 403, retry: false, text: "You have used your boost already. Try again later." },
  "swipe.self": { status: 409, retry: false, text: "You can't swipe on yourself." },
  "swipe.quotaSpent": { status: 403, retry: false, text: "You have no swipes of this kind left. Try again later." },
  "swipe.nothingToRewind": { status: 409, retry: false, text: "There is nothing to rewind." },
  "swipe.matched": { status: 409, retry: false, text: "You are already matched." },
  "match.notFound": { status: 404, retry: false, text: "There is no such match." },

  "conversation.notFound": { status: 404, retry: false, text: "There is no such conversation." },
  "conversation.ended": { status: 409, retry: false, text: "This conversation has ended." },
  "message.notFound": { status: 404, retry: false, text: "There is no such message." },
  "message.idReused": { status: 409, retry: false, text: "This message id was used with other content." },
  "message.notEditable": { status: 409, retry: false, text: "This message can't be changed any more." },
  "message.refused": { status: 422, retry: false, text: "This message breaks the community rules." },
  "reaction.tooMany": { status: 409, retry: false, text: "You have added as many emojis to this message as allowed." },
  "sync.cursorInvalid": { status: 400, retry: false, text: "The cursor is invalid. Sync again without a cursor." },
  "ticket.invalid": { status: 401, retry: false, text: "The ticket is invalid, used or expired." },

  "user.notFound": { status: 404, retry: false, text: "There is no such user." },
  "report.notFound": { status: 404, retry: false, text: "There is no such report." },
  "notification.notFound": { status: 404, retry: false, text: "There is no such notification." },
  "unsubscribe.invalid": { status: 404, retry: false, text: "This unsubscribe link is not valid." },
  "hashBank.notFound": { status: 404, retry: false, text: "There is no such hash bank or entry." },
  "queue.notFound": { status: 404, retry: false, text: "There is no such queue." },
  "deadLetter.notFound": { status: 404, retry: false, text: "There is no such dead letter." },

  "ops.notReady": { status: 503, retry: true, text: "A part of the service does not respond." },
} as const satisfies Record<string, FaultSpec>;

export type FaultCode = keyof typeof faults;
