/** The subdomain whose mailbox only the synthetic canary reads. Its accounts are ours: they do what users do, and count in no business metric. */
export const CANARY_SUBDOMAIN = "canary";
/** The subdomain of the API. */
export const API_SUBDOMAIN = "api";
