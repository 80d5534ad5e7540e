import type { HandleSchedule } from "../middleware/handles.ts";

export const outboxSweep: HandleSchedule<"outboxSweep"> = async ({ bus }) => void (await bus.relay());
