import type { MetricAlarm } from "./alarm.ts";

/** How often the canary and the watch over backups run. */
export const WATCH_EVERY_SEC = 300;
const BACKUP_AGE_MAX_MIN = 75;
const RESTORE_TEST_AGE_MAX_DAYS = 8;

const backups = { runbook: "backups", to: "pages", periodSec: WATCH_EVERY_SEC, periods: 2, missing: "breaching" } as const;

export const backupAlarms: readonly MetricAlarm[] = [
  {
    ...backups,
    name: "BackupLate",
    metric: "backupAge",
    says: `The newest backup of the database is older than ${BACKUP_AGE_MAX_MIN} minutes, or its age is unknown. See the backup jobs.`,
    above: BACKUP_AGE_MAX_MIN,
  },
  {
    ...backups,
    name: "RestoreTestLate",
    metric: "restoreTestAge",
    to: "tickets",
    says: `No restore test succeeded for ${RESTORE_TEST_AGE_MAX_DAYS} days. See the restore testing plan; restore once by hand.`,
    above: RESTORE_TEST_AGE_MAX_DAYS,
  },
];

export const canaryAlarms: readonly MetricAlarm[] = [
  {
    name: "CanaryFails",
    metric: "canaryFailures",
    says: "Twice in a row the canary could not do what people do. Its log names the step; the API may look well all the same.",
    runbook: "canary",
    to: "pages",
    above: 0,
    periodSec: WATCH_EVERY_SEC,
    periods: 2,
  },
  {
    name: "CanarySilent",
    metric: "canaryRuns",
    says: "The canary did not run for a quarter of an hour, so nothing is known. See its schedule and its function.",
    runbook: "canary",
    to: "tickets",
    below: 1,
    periodSec: WATCH_EVERY_SEC,
    periods: 3,
    missing: "breaching",
  },
];

/** Log lines that do not arrive are missed only when an engineer looks for one. */
export const logAlarm: MetricAlarm = {
  name: "LogsLate",
  metric: "logFreshness",
  says: "Lines of logs wait for more than a quarter of an hour to be searched. See the delivery's error log and the search domain.",
  runbook: "log-delivery",
  to: "tickets",
  above: 900,
  periodSec: 300,
  periods: 3,
};
