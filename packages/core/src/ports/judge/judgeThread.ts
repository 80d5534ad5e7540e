import { isMainThread, parentPort, workerData } from "node:worker_threads";
import type { TextPlace, TextVerdict } from "./judge.ts";

/** Where this module lies: a bundler gives it a file of its own, and the thread starts from that file. */
export const url = import.meta.url;

export interface Question {
  readonly texts: readonly string[];
  readonly place: TextPlace;
}

export type Verdicts = readonly TextVerdict[];

if (!isMainThread && (workerData as { serves?: string } | null)?.serves === "verdicts") {
  const { judgeText } = await import("../../moderation/textRules.ts");
  parentPort?.on("message", ({ texts, place }: Question) => {
    parentPort?.postMessage(texts.map((text) => judgeText(text, place)) satisfies Verdicts);
  });
  parentPort?.postMessage("ready");
}
