import { connect } from "@pendo/core/ports/db/connect";
import type { Db } from "@pendo/core/ports/db/db";
import { randomIds } from "@pendo/core/ports/ids/ids";
import type { Answers, Ask, ProcessData, EngineMessage } from "./engineMessages.ts";
import { type EngineService, startEngine } from "./engineService.ts";
import { endWithHost } from "./hostWatch.ts";

// The engine in a process of its own beside the one-machine host, with a small pool of its own. Whatever ends it, an abort of V8 included, the
// host lives and starts it again.

// A terminal's Ctrl-C reaches this process as well, but the host ends it in order, after the last snapshot.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
// A host that was killed says nothing; its end of the channel closes. Where the engine computes at that moment, the watch ends it.
endWithHost(Number(process.argv[2]));
process.on("disconnect", () => process.exit(0));

const tell = (told: EngineMessage): Promise<void> =>
  new Promise((resolve) => {
    // A channel that is closed ends this process, so nothing is left to say.
    process.send?.(told, undefined, undefined, () => resolve());
  });

const data = Promise.withResolvers<ProcessData>();
let aheadMs = 0;
// From the beginning: what comes while nothing listens would be lost.
process.on("message", (message: ProcessData | Ask) => {
  if (!("ask" in message)) return data.resolve(message);
  aheadMs = message.nowMs - Date.now();
  running
    .then(({ engine, db }) => answer(engine, db, message))
    .then(
      async (given) => {
        await tell({ told: "answer", id: message.id, answer: given });
        if (message.ask === "stop") process.disconnect();
      },
      (error: unknown) => tell({ told: "failure", id: message.id, problem: String(error) }),
    );
});

const running = data.promise.then(async ({ databaseUrl, ...settings }) => {
  const db = connect(databaseUrl, { max: 2, name: "pendo-engine", statementTimeoutMs: 0, idleInTransactionTimeoutMs: 600_000 });
  const engine = await startEngine({
    ...settings,
    db,
    now: () => new Date(Date.now() + aheadMs),
    chance: () => randomIds.chance(),
    say: (line) => void tell({ told: "line", line }),
  });
  return { engine, db };
});

try {
  await tell({ told: "loaded", people: (await running).engine.state.index.size });
} catch (error) {
  await tell({ told: "ended", problem: String(error) });
  process.exit(1);
}

async function answer(service: EngineService, db: Db, ask: Ask): Promise<Answers[keyof Answers]> {
  if (ask.ask === "deck") return await service.deck(ask.userId);
  if (ask.ask === "ranked") return await service.ranked(ask.userId, ask.size);
  if (ask.ask === "meters") return service.meters.text(service.state, service.isReady());
  if (ask.ask === "apply") await service.apply(ask.facts);
  else if (ask.ask === "beReady") await service.beReady();
  else {
    await service.stop();
    await db.end({ timeout: 5 });
  }
  return null;
}
