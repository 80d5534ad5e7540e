import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";

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
  const ranges = texts.map((text): [Parsed, number] => {
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

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

// Each request reads its address several times, and those of a connection have the same.
const parsedBefore = new LRUCache<string, { readonly parsed: Parsed | null }>({ max: 1_000 });

/** IPv4 only in four decimal parts: other spellings (octal, one number) are read in different ways by different programs. */
export function parse(text: string): Parsed | null {
  if (text.length > 45) return null;
  const before = parsedBefore.get(text);
  if (before) return before.parsed;
  const parsed = (text.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(text)) && ipaddr.isValid(text) ? ipaddr.process(text) : null;
  parsedBefore.set(text, { parsed });
  return parsed;
}

/** The prefix of that many bits in which an IPv6 address lies, as text. */
export function prefixOf(address: ipaddr.IPv6, bits: number): string {
  const parts = address.parts.map((part, i) => (i * 16 < bits ? part : 0));
  return `${new ipaddr.IPv6(parts).toString()}/${bits}`;
}
