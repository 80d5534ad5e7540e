/** The pages under docs/runbooks that alarms send people to, and what each is about. */
export const runbooks = {
  "api-errors": "The API answers 5xx, or its error budget burns",
  "api-latency": "The API is slow",
  "match-notification": "People learn late of a match",
  "message-delivery": "Messages arrive late",
  "push-delivery": "Pushes leave late",
  "moderation-late": "Words or pictures wait for their verdict",
  "search-stale": "Search lags behind profiles",
  "dead-letters": "Messages were given up",
  "queue-backlog": "A queue grows, or its oldest message is old",
  "function-errors": "A function crashes, is throttled, or runs into its time limit",
  sockets: "Sockets cannot be opened or served",
  "refused-requests": "Many requests are refused (401, 403)",
  "token-theft": "Refresh tokens are used twice",
  "database-load": "The database is short of processor, connections or capacity",
  "database-replication": "A reader or the other region lags behind",
  "database-storage": "The database grows towards its limit",
  "search-cluster": "The search domain is unwell",
  "connections-table": "The table of open sockets is throttled",
  "cache-away": "Redis does not answer",
  firewall: "The firewall blocks much",
  certificates: "A certificate ends soon",
  backups: "The last backup, or the last restore test, is too old",
  "mail-reputation": "Letters bounce, or are called spam",
  canary: "The canary cannot do what people do",
  "log-delivery": "Logs do not reach OpenSearch",
  "region-away": "A place does not answer its health check",
} as const;
export type Runbook = keyof typeof runbooks;

/** Where the page lies, in the repository. */
export function pathOf(runbook: Runbook): string {
  return `docs/runbooks/${runbook}.md`;
}
