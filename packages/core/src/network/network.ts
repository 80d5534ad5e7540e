import { isIPv4 } from "node:net";

export interface Network {
  /** An IPv4 address, or an IPv6 prefix. */
  readonly name: string;
  /** How many times a limit per address this network may use. */
  readonly share: number;
}

/** A household has at least a /64, and a small site a /48; its owner chooses freely among its addresses. */
const PREFIXES = [
  { bits: 64, share: 1 },
  { bits: 48, share: 4 },
] as const;

/**
 * The networks that limits per address count an address by, the narrowest first: an IPv4 address by itself, also where it is written as IPv6, and any
 * other IPv6 address by its /64 and its /48. A text that is no address counts by itself alone.
 */
export async function networksOf(address: string): Promise<readonly [Network, ...Network[]]> {
  if (isIPv4(address)) return [{ name: address, share: 1 }];
  // Loaded for the first address of another kind: a function reads less before its first request.
  const { parse, prefixOf } = await import("./address.ts");
  const parsed = parse(address);
  if (parsed === null) return [{ name: address.slice(0, 64), share: 1 }];
  if (!("parts" in parsed)) return [{ name: parsed.toString(), share: 1 }];
  const [narrow, wide] = PREFIXES.map(({ bits, share }) => ({ name: prefixOf(parsed, bits), share }));
  return [narrow as Network, wide as Network];
}
