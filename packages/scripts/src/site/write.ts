import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type SitePage, sitePages } from "@pendo/core/ops/sitePages";

/** Writes the static site of a domain into a directory, which holds nothing else afterwards; answers what it wrote. */
export function writeSite({ directory, domain }: { readonly directory: string; readonly domain: string }): (SitePage & { path: string })[] {
  rmSync(directory, { recursive: true, force: true });
  return sitePages({ domain, contact: `security@${domain}` }).map((page) => {
    const path = join(directory, page.key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, page.body);
    return { ...page, path };
  });
}
