import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type SitePage, sitePages } from "@pendo/core/ops/sitePages";

/** Writes the static site of a domain into a directory, which holds nothing else afterwards; answers what it wrote. */
export function writeSite({ directory, domain }: { readonly directory: string; readonly domain: string }): (SitePage & { path: string })[] {
  rmSync(directory, { recursive: true, force: true });
  const pages = sitePages({ domain, contact: `security@${domain}` });
  return pages.map((page) => {
    // A bucket may hold both `docs` and `docs/errors`; a directory may not.
    const isDirectory = pages.some(({ key }) => key.startsWith(`${page.key}/`));
    const path = join(directory, page.key, isDirectory ? "index.html" : "");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, page.body);
    return { ...page, path };
  });
}
