// Takes people back at once: to the versions before the live ones, or to those of a release that is named. What is under way is stopped first.
import { planRollback } from "./release/plan.ts";
import { runRelease } from "./release/run.ts";

await runRelease("rollback", (fleet, { to }) => planRollback(fleet, to));
