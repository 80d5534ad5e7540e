import ipaddr from "ipaddr.js";

export interface Network {
  /** An IPv4 address, or an IPv6 prefix. */
  readonly name: string;
  /** How many times a limit per address this network may use. */
  readonly share: number;
}

/** A household has at least a /64, and a small site a /48; whoever has one chooses freely among its addresses. */
const PREFIXES = [
  { bits: 64, share: 1 },
  { bits: 48, share: 4 },
] as const;

/**
 * The networks that limits per address count an address by, the narrowest first: an IPv4 address by itself, also where it is written as IPv6, and any
 * other IPv6 address by its /64 and its /48. A text that is no address counts by itself alone.
 */
export function networksOf(address: string): readonly [Network, ...Network[]] {
  const parsed = parse(address);
  if (parsed === null) return [{ name: address.slice(0, 64), share: 1 }];
  if (parsed.kind() === "ipv4") return [{ name: parsed.toString(), share: 1 }];
  const [narrow, wide] = PREFIXES.map(({ bits, share }) => ({ name: prefixOf(parsed as ipaddr.IPv6, bits), share }));
  return [narrow as Network, wide as Network];
}

/** An address as text, without a port, brackets or a zone; null where it is none. */
export function addressIn(text: string): string | null {
  const trimmed = text.trim();
  const bare = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(trimmed)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(trimmed)?.[1] ?? trimmed;
  const parsed = parse(bare.replace(/%.*$/, ""));
  return parsed === null ? null : parsed.toString();
}

/** Whether an address lies in one of the ranges. */
export type Ranges = (address: string) => boolean;

/** Reads ranges such as `10.0.0.0/8` or `::1`. Throws a `RangeError` that names the one that is none. */
export function rangesOf(texts: readonly string[]): Ranges {
  const ranges = texts.map((text): [ipaddr.IPv4 | ipaddr.IPv6, number] => {
    const single = parse(text);
    if (single) return [single, single.kind() === "ipv4" ? 32 : 128];
    if (!ipaddr.isValidCIDR(text)) throw new RangeError(`${text} is no address and no range of addresses`);
    return ipaddr.parseCIDR(text);
  });
  return (address) => {
    const parsed = parse(address);
    return parsed !== null && ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base as never, bits));
  };
}

/** IPv4 only in four decimal parts: other spellings (octal, one number) are read in different ways by different programs. */
function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (text.length > 45 || !(text.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(text)) || !ipaddr.isValid(text)) return null;
  return ipaddr.process(text);
}

function prefixOf(address: ipaddr.IPv6, bits: number): string {
  const parts = address.parts.map((part, i) => (i * 16 < bits ? part : 0));
  return `${new ipaddr.IPv6(parts).toString()}/${bits}`;
}
