/** What every answer of this host says to browsers. A page that needs more says so itself, and its header replaces the one here. */
export function securityHeaders({ isHttps }: { readonly isHttps: boolean }): Readonly<Record<string, string>> {
  return {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    // Pages bring a policy of their own in a `meta` element, which can't say who may frame them.
    "content-security-policy": "frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
    // Other sites show photos and read the API by CORS; nothing else of them may be embedded.
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    ...(isHttps && { "strict-transport-security": "max-age=31536000" }),
  };
}
