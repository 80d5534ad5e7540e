import { writeFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { Question } from "./judgeThread.ts";

// A thread whose rules have a fault: the text "hang" keeps it busy for ever, "die" ends it, and anything else is clean. After the verdict on
// "note <file>" it writes the file.
if ((workerData as { serves?: string } | null)?.serves === "verdicts") {
  parentPort?.on("message", ({ texts }: Question) => {
    if (texts.includes("die")) process.exit(7);
    while (texts.includes("hang")) Math.sqrt(2);
    parentPort?.postMessage(texts.map(() => ({ state: "visible" })));
    for (const text of texts) if (text.startsWith("note ")) writeFileSync(text.slice(5), "");
  });
  parentPort?.postMessage("ready");
}
