import { API_SUBDOMAIN, CANARY_SUBDOMAIN } from "@pendo/contract/canary";

/** Whether an address is one of the synthetic canary's: only it reads the mail of that domain, so no other user can have one. */
export function isCanaryAddress(email: string, publicUrl: string): boolean {
  const { hostname } = new URL(publicUrl);
  const domain = hostname.startsWith(`${API_SUBDOMAIN}.`) ? hostname.slice(API_SUBDOMAIN.length + 1) : hostname;
  return email.endsWith(`@${CANARY_SUBDOMAIN}.${domain}`);
}
