import ipaddr from "ipaddr.js";

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
export function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (text.length > 45 || !(text.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(text)) || !ipaddr.isValid(text)) return null;
  return ipaddr.process(text);
}

/** The prefix of so many bits that an IPv6 address lies in, as text. */
export function prefixOf(address: ipaddr.IPv6, bits: number): string {
  const parts = address.parts.map((part, i) => (i * 16 < bits ? part : 0));
  return `${new ipaddr.IPv6(parts).toString()}/${bits}`;
}
