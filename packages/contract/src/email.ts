import * as z from "zod";

/**
 * An email address as a client sends it, normalized: compatibility forms are folded (NFKC), it is trimmed and in lower case, and has at most
 * 254 characters. Only ASCII is left after that, so that no look-alike of an address is another account.
 */
export const Email = z
  .string()
  .max(320)
  .normalize("NFKC")
  .trim()
  .toLowerCase()
  .pipe(z.email("must be an email address").max(254))
  .meta({ format: "email", examples: ["robin@example.com"] });
