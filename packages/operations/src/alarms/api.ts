import type { FormulaAlarm, MetricAlarm } from "./alarm.ts";

const MINUTES_5 = 300;
const REFUSED_PERCENT = 20;
const REQUESTS_MIN = 200;
// As `core/src/auth/guessing.ts` has it for a quarter of an hour.
const FAILED_CODES_PERCENT = 50;
const CODES_MIN = 50;
const VERIFY = { route: "auth.verifyOtp" } as const;

/** Metrics of the HTTP API against thresholds. */
export const httpApiAlarms: readonly MetricAlarm[] = [
  {
    name: "ApiErrors",
    metric: "http5xx",
    says: "The API answered 5xx twenty times a minute, for three minutes of five. See which routes, and what was deployed last.",
    runbook: "api-errors",
    to: "pages",
    atLeast: 20,
    periodSec: 60,
    periods: 3,
    ofPeriods: 5,
  },
];

/** Formulas over metrics of the gateways, and signs of an attack. */
export const gatewayFormulas: readonly FormulaAlarm[] = [
  {
    name: "SocketErrors",
    says: "Ten sockets or frames a minute met an error, for three minutes of five. See the socket function's log.",
    runbook: "sockets",
    to: "pages",
    terms: [
      { id: "behind", metric: "socketErrors", stat: "Sum", subject: "socketApi" },
      { id: "gateway", metric: "socketExecutionErrors", stat: "Sum", subject: "socketApi" },
    ],
    expression: "FILL(behind, 0) + FILL(gateway, 0)",
    label: "Errors",
    atLeast: 10,
    periodSec: 60,
    periods: 3,
    ofPeriods: 5,
  },
  {
    name: "RefusedRequests",
    says: `More than ${REFUSED_PERCENT} % of all requests are refused with 401 or 403. An attacker tries tokens, or a release of ours or of the app broke signing in.`,
    runbook: "refused-requests",
    to: "pages",
    terms: [
      { id: "refused", metric: "denied", stat: "Sum" },
      { id: "all", metric: "httpRequests", stat: "Sum", subject: "httpApi" },
    ],
    expression: `IF(all >= ${REQUESTS_MIN}, 100 * FILL(refused, 0) / all, 0)`,
    label: "Refused, in %",
    above: REFUSED_PERCENT,
    periodSec: MINUTES_5,
    periods: 2,
  },
  {
    name: "FailedCodes",
    says: `More than ${FAILED_CODES_PERCENT} % of all sign-in codes are wrong. They are being guessed, or emails bring wrong ones. New devices get ten digits meanwhile.`,
    runbook: "refused-requests",
    to: "pages",
    terms: [
      { id: "failed", metric: "routeFaults", stat: "Sum", dimensions: VERIFY },
      { id: "tried", metric: "routeRequests", stat: "Sum", dimensions: VERIFY },
    ],
    expression: `IF(tried >= ${CODES_MIN}, 100 * FILL(failed, 0) / tried, 0)`,
    label: "Wrong codes, in %",
    above: FAILED_CODES_PERCENT,
    periodSec: MINUTES_5,
    periods: 3,
  },
];

/** Signs of stolen tokens, and stores whose absence no user meets at once, because a fallback serves. */
export const codeAlarms: readonly MetricAlarm[] = [
  {
    name: "RefreshReuse",
    metric: "refreshReuse",
    says: "Ten refresh tokens came back a second time within a quarter of an hour. Their sign-ins are ended already; find out whether tokens leak.",
    runbook: "token-theft",
    to: "pages",
    atLeast: 10,
    periodSec: 15 * 60,
    periods: 1,
  },
  // Ten a minute: one caller whose connection broke is no news.
  {
    name: "CacheAway",
    metric: "cacheFailures",
    says: "Redis does not answer. Limits hold per process, decks come from the database, and sockets cannot open: see Upstash's status.",
    runbook: "cache-away",
    to: "pages",
    atLeast: 10,
    periodSec: 60,
    periods: 3,
    ofPeriods: 5,
  },
  {
    name: "SearchAway",
    metric: "searchFallbacks",
    says: "Searches are answered by PostgreSQL, because OpenSearch does not answer. See the domain's health.",
    runbook: "search-cluster",
    to: "tickets",
    atLeast: 10,
    periodSec: 60,
    periods: 5,
  },
];

// Amazon puts senders under review from 5 % bounces or 0.1 % complaints on, and then stops their mail: sign-in codes as well.
const mail = { runbook: "mail-reputation", to: "pages", periodSec: 3600, periods: 1 } as const;

export const mailAlarms: readonly MetricAlarm[] = [
  {
    ...mail,
    name: "MailBounces",
    metric: "bounceRate",
    says: "Of our emails 4 % bounce; at 5 % Amazon reviews us, and sign-in codes may stop. See which addresses.",
    above: 0.04,
  },
  {
    ...mail,
    name: "MailComplaints",
    metric: "complaintRate",
    says: "Of our emails 0.08 % are called spam; at 0.1 % Amazon reviews us, and sign-in codes may stop. See which emails.",
    above: 0.0008,
  },
];
