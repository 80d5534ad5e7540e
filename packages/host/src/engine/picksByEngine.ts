import { makeDue, rankingBySql } from "@pendo/core/dailyPicks/make";
import type { HandleSchedule } from "@pendo/functions/middleware/handles";
import type { Engine } from "./engineService.ts";

/** In half a minute the engine ranks for more people than this; so many of one city are paired with each other. */
const BLOCK_MAX = 5_000;

/** The day's picks where an engine runs: it ranks, and SQL does for whomever it does not know or while it is away. */
export function picksByEngine(engine: Engine): HandleSchedule<"dailyPicks"> {
  return async (ctx) => {
    const bySql = rankingBySql(ctx);
    const ranked: typeof bySql.ranked = async (wanted) =>
      (await engine.ranked(wanted.userId, wanted.limit)) ?? (await bySql.ranked(wanted));
    await makeDue(ctx, { ranked, blockMax: BLOCK_MAX });
  };
}
