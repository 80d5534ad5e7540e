import * as z from "zod";

// Dot-separated atoms (RFC 5321, 4.1.2), at most 64 characters; quoted local parts are not taken.
const LOCAL = /^(?=.{1,64}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
// At least two labels of letters, digits and hyphens; the last one is no number, so that no network address is a domain.
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/;
// A domain without a label that IDNA would read.
const PLAIN = /^(?!.*xn--)[a-z0-9.-]*$/;
const ADDRESS_LENGTH_MAX = 254;

/**
 * An email address as a client sends it, normalized: compatibility forms are folded (NFKC), it is trimmed and in lower case, its domain has the
 * ASCII form (IDNA), and it has at most 254 characters. Only ASCII is left after that, so that no look-alike of an address is another account.
 */
export const Email = z
  .string()
  .max(320)
  .normalize("NFKC")
  .trim()
  .toLowerCase()
  .overwrite(withAsciiDomain)
  .refine(isAddress, "must be an email address")
  .meta({ format: "email", examples: ["robin@example.com"] });

function isAddress(text: string): boolean {
  const [local = "", domain = "", ...rest] = text.split("@");
  return rest.length === 0 && text.length <= ADDRESS_LENGTH_MAX && LOCAL.test(local) && DOMAIN.test(domain);
}

/** Writes the labels of the domain in ASCII (IDNA, as UTS #46 maps them). What is no domain stays as it is. */
function withAsciiDomain(text: string): string {
  const at = text.lastIndexOf("@");
  const domain = text.slice(at + 1);
  // A URL gives some characters another meaning, and decodes others.
  if (at < 0 || PLAIN.test(domain) || /[\s/\\?#:%[\]]/.test(domain) || !URL.canParse(`https://${domain}`)) return text;
  return `${text.slice(0, at)}@${new URL(`https://${domain}`).hostname}`;
}
