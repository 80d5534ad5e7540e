import { parentPort, workerData } from "node:worker_threads";
import { connect } from "@pendo/core/ports/db/connect";
import { randomIds } from "@pendo/core/ports/ids/ids";
import type { Answers, Ask, ThreadData, Told } from "./engineMessages.ts";
import { type EngineService, startEngine } from "./engineService.ts";

// The engine in a thread of the one-machine host: off the path of requests, with a small pool of its own. Whatever ends it, its host starts it again.
const { databaseUrl, ...settings } = workerData as ThreadData;
const db = connect(databaseUrl, { max: 2, name: "pendo-engine", statementTimeoutMs: 0, idleInTransactionTimeoutMs: 600_000 });
let aheadMs = 0;
const tell = (told: Told): void => parentPort?.postMessage(told);

const engine = await startEngine({
  ...settings,
  db,
  now: () => new Date(Date.now() + aheadMs),
  chance: () => randomIds.chance(),
  say: (line) => tell({ told: "line", line }),
});
parentPort?.on("message", (ask: Ask) => {
  aheadMs = ask.nowMs - Date.now();
  answer(engine, ask).then(
    (given) => {
      tell({ told: "answer", id: ask.id, answer: given });
      if (ask.ask === "stop") parentPort?.close();
    },
    (error: unknown) => tell({ told: "failure", id: ask.id, problem: String(error) }),
  );
});
tell({ told: "loaded", people: engine.state.index.size });

async function answer(service: EngineService, ask: Ask): Promise<Answers[keyof Answers]> {
  if (ask.ask === "deck") return await service.deck(ask.userId);
  if (ask.ask === "ranked") return await service.ranked(ask.userId, ask.size);
  if (ask.ask === "apply") await service.apply(ask.facts);
  else if (ask.ask === "beReady") await service.beReady();
  else {
    await service.stop();
    await db.end({ timeout: 5 });
  }
  return null;
}
