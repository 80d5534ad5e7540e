import { NetworkError, ProblemError } from "./problem.ts";

/** Sends a request; throws `NetworkError` where no answer came. */
export async function reach(send: () => Promise<Response>): Promise<Response> {
  try {
    return await send();
  } catch (cause) {
    throw new NetworkError("The service did not answer.", { cause });
  }
}

/** What the service answered; throws `ProblemError` for a refusal, and `NetworkError` where the answer was cut off. */
export async function answerOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const type = response.headers.get("content-type") ?? "";
  const isProblem = type.startsWith("application/problem+json");
  if (!response.ok && !isProblem) {
    await response.body?.cancel().catch(() => {});
    // Something in front of the API, such as a proxy: what it says by its status is all there is.
    const code = response.status === 503 ? "server.busy" : "server.failed";
    throw new ProblemError({ status: response.status, code, detail: `The service answered ${response.status}.` });
  }
  const body = await bodyOf(response, isProblem || type.startsWith("application/json"));
  if (isProblem) throw new ProblemError(body as never);
  return body;
}

async function bodyOf(response: Response, isJson: boolean): Promise<unknown> {
  try {
    const text = await response.text();
    return isJson ? JSON.parse(text) : text;
  } catch (cause) {
    throw new NetworkError("The answer was cut off.", { cause });
  }
}

/** Whether the same request may do better in a moment. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  // The first try may still be running where its answer was lost.
  return error instanceof ProblemError && (error.status === 503 || error.code === "idempotency.inProgress");
}

/** Waits before another try: longer after each, and not as long as others wait. */
export async function pause(attempt: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt * (0.5 + Math.random())));
}
