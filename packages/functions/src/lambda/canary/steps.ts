/** What the canary does, in order. Each is a value of the metrics' dimension `canary`. */
export const stepNames = ["signIn", "profile", "deck", "like", "socket", "message", "delivery"] as const;
export type StepName = (typeof stepNames)[number];

/** A step of the main job failed. The message names it, and holds nothing that somebody wrote or a token. */
export class CanaryError extends Error {
  override readonly name = "CanaryError";
  readonly step: StepName;
  constructor(step: StepName, cause: unknown) {
    super(`The main job fails at ${step}: ${reasonOf(cause)}`, { cause });
    this.step = step;
  }
}

export type Report = (step: StepName, outcome: { readonly latencyMs: number; readonly failed: boolean }) => void;

/** Runs a step within its time, and reports it whatever happens. Throws `CanaryError`. */
export async function runStep<Result>(
  report: Report,
  step: StepName,
  { withinMs, work }: { readonly withinMs: number; readonly work: () => Promise<Result> },
): Promise<Result> {
  const startedMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${withinMs / 1000} s.`)), withinMs);
  });
  let failed = true;
  try {
    const result = await Promise.race([work(), tooLate]);
    failed = false;
    return result;
  } catch (error) {
    throw new CanaryError(step, error);
  } finally {
    clearTimeout(timer);
    report(step, { latencyMs: performance.now() - startedMs, failed });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "an unknown failure.";
  const code = "code" in cause && typeof cause.code === "string" ? `${cause.code}: ` : "";
  return `${code}${cause.message.split("\n")[0]?.slice(0, 200) ?? ""}`;
}
