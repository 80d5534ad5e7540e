/** The subdomain of the canary's mailboxes. Its accounts act like users and count in no business metric. */
export const CANARY_SUBDOMAIN = "canary";
/** The subdomain of the API. */
export const API_SUBDOMAIN = "api";
