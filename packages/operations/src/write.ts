import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commandLine } from "../../../scripts/commandLine.mjs";
import { dashboardPicture, documented } from "./document.ts";

commandLine({
  name: "docs:observability",
  about: "Writes the tables and the picture of docs/observability.md again, from the table of metrics.",
});
const root = path.resolve(import.meta.dirname, "../../..");
const file = path.join(root, "docs/observability.md");
writeFileSync(file, documented(readFileSync(file, "utf8")));
writeFileSync(path.join(root, "docs/dashboard.svg"), dashboardPicture());
