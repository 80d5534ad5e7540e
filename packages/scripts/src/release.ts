// Gives people what was deployed: moves `live` of every function to its newest version, as canaries, and takes all of it back when one fails.
import { planRelease } from "./release/plan.ts";
import { runRelease } from "./release/run.ts";

await runRelease("release", planRelease);
