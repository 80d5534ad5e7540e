import { answerOf, isPassing, pause, reach } from "./answer.ts";
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
  readonly headers?: Readonly<Record<string, string>>;
}

/** Keeps the tokens of one sign-in. However many calls find the access token expired, one refresh is sent. */
export function sessionOf({ baseUrl, tokens: first, onTokens, headers, fetch = globalThis.fetch }: SessionOptions): Session {
  let tokens = first ?? null;
  let refreshing: Promise<void> | undefined;
  /** Counts the sign-ins: what one of them began is not carried on as another, who may be somebody else. */
  let signIn = 0;
  // The attempt's id tells the API that a retry comes from who lost the first answer, not from a thief; so it stays with its token.
  let attempt = { refreshToken: "", attemptId: "" };

  const keep = (next: Tokens | null): void => {
    tokens = next;
    onTokens?.(next);
  };
  const refresh = async (refreshToken: string): Promise<void> => {
    if (attempt.refreshToken !== refreshToken) attempt = { refreshToken, attemptId: crypto.randomUUID() };
    const body = JSON.stringify(attempt);
    const send = (): Promise<Response> =>
      fetch(`${baseUrl}/v1/auth/token/refresh`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body });
    const isCurrent = (): boolean => tokens?.refreshToken === refreshToken;
    try {
      const answer = (await repeated(send)) as Tokens;
      if (isCurrent()) keep({ accessToken: answer.accessToken, refreshToken: answer.refreshToken });
    } catch (error) {
      const isOver = error instanceof ProblemError && (error.code === "auth.refreshInvalid" || error.code === "account.suspended");
      if (isOver && isCurrent()) keep(null);
      throw error;
    }
  };

  return {
    tokens: () => tokens,
    adopt: ({ accessToken, refreshToken }) => {
      signIn++;
      keep({ accessToken, refreshToken });
    },
    withToken: async (call) => {
      if (refreshing) await refreshing;
      const used = tokens;
      const usedSignIn = signIn;
      if (!used) throw new ProblemError({ status: 401, code: "auth.required", detail: "Sign in first." });
      try {
        return await call(used.accessToken);
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== "auth.tokenExpired") throw error;
        // Somebody else may have refreshed meanwhile.
        if (tokens === used) refreshing ??= refresh(used.refreshToken).finally(() => (refreshing = undefined));
        if (refreshing) await refreshing;
        if (!tokens || signIn !== usedSignIn) throw error;
        return await call(tokens.accessToken);
      }
    },
  };
}

async function repeated(send: () => Promise<Response>): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await answerOf(await reach(send));
    } catch (error) {
      if (!isPassing(error) || attempt >= 3) throw error;
      await pause(attempt);
    }
  }
}
