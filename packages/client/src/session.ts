import { ProblemError } from "./problem.ts";

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface Session {
  readonly tokens: () => Tokens | null;
  /** Adopts the tokens of a sign-in (`auth.verifyOtp`). */
  adopt(tokens: Tokens): void;
  /** Calls with a valid access token: refreshed first, once, when the API says that it has expired. */
  withToken<T>(call: (accessToken: string) => Promise<T>): Promise<T>;
}

export interface SessionOptions {
  readonly baseUrl: string;
  readonly tokens?: Tokens;
  readonly onTokens?: (tokens: Tokens | null) => void;
  readonly fetch?: typeof globalThis.fetch;
}

/** Keeps the tokens of one sign-in. However many calls find the access token expired, one refresh is sent, since a second would look like theft. */
export function sessionOf({ baseUrl, tokens: first, onTokens, fetch = globalThis.fetch }: SessionOptions): Session {
  let tokens = first ?? null;
  let refreshing: Promise<Tokens> | undefined;

  const keep = (next: Tokens | null): void => {
    tokens = next;
    onTokens?.(next);
  };
  const refresh = async (refreshToken: string): Promise<Tokens> => {
    const body = JSON.stringify({ refreshToken, attemptId: crypto.randomUUID() });
    // The attempt's id tells the API that a retry comes from who lost the first answer, not from a thief.
    const response = await retried(() => fetch(`${baseUrl}/v1/auth/token/refresh`, { method: "POST", headers: { "content-type": "application/json" }, body }));
    const answer = (await response.json()) as Tokens;
    if (response.ok) {
      keep({ accessToken: answer.accessToken, refreshToken: answer.refreshToken });
      return answer;
    }
    const problem = new ProblemError(answer as never);
    if (problem.code === "auth.refreshInvalid" || problem.code === "account.suspended") keep(null);
    throw problem;
  };

  return {
    tokens: () => tokens,
    adopt: ({ accessToken, refreshToken }) => keep({ accessToken, refreshToken }),
    withToken: async (call) => {
      if (refreshing) await refreshing;
      const used = tokens;
      if (!used) throw new ProblemError({ status: 401, code: "auth.required", detail: "Sign in first." });
      try {
        return await call(used.accessToken);
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== "auth.tokenExpired") throw error;
        // Somebody else may have refreshed meanwhile.
        if (tokens === used) refreshing ??= refresh(used.refreshToken).finally(() => (refreshing = undefined));
        const fresh = (await refreshing) ?? tokens;
        if (!fresh) throw error;
        return await call(fresh.accessToken);
      }
    },
  };
}

async function retried(send: () => Promise<Response>): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (attempt >= 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
    }
  }
}
