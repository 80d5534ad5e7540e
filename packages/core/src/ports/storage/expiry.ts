/**
 * When an address signed now expires, and from when on it counts as signed. Both are rounded down to half the lifetime, so the same
 * address comes out for half of it and browsers can cache, and no address outlives what was asked for.
 */
export function signingWindow(now: Date, expiresSec: number): { signedAt: Date; expiresAt: Date } {
  const stepMs = Math.max(1, Math.floor(expiresSec / 2)) * 1000;
  const signedMs = Math.floor(now.getTime() / stepMs) * stepMs;
  return { signedAt: new Date(signedMs), expiresAt: new Date(signedMs + expiresSec * 1000) };
}
