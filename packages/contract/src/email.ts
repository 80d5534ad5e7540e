import * as z from "zod";

// Dot-separated atoms (RFC 5321, 4.1.2), at most 64 characters. Quoted local parts are invalid here.
const LOCAL = /^(?=.{1,64}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
// At least two labels of a-z, 0-9 and hyphens. The last label is no number, so no IP address is a domain.
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/;
// A domain that IDNA leaves as it is.
const PLAIN = /^(?!.*xn--)[a-z0-9.-]*$/;
const ADDRESS_LENGTH_MAX = 254;

/**
 * An email address in one normal form: NFKC, trimmed, lower case, domain in ASCII (IDNA), at most 254 characters.
 * The result is ASCII only. So two addresses that look alike can't be two accounts.
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

/** Converts the domain to ASCII (IDNA, UTS #46). A text without a domain stays as it is. */
function withAsciiDomain(text: string): string {
  const at = text.lastIndexOf("@");
  const domain = text.slice(at + 1);
  // The URL parser gives some characters another meaning and decodes others.
  if (at < 0 || PLAIN.test(domain) || /[\s/\\?#:%[\]]/.test(domain) || !URL.canParse(`https://${domain}`)) return text;
  return `${text.slice(0, at)}@${new URL(`https://${domain}`).hostname}`;
}
