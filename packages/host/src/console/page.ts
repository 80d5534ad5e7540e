import { readFileSync } from "node:fs";

/** The console as a page: one file, nothing from anywhere else. */
export const consolePage = readFileSync(new URL("page.html", import.meta.url), "utf8");
