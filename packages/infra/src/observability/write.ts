import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../evaluate/places.ts";
import { dashboardPicture, documented } from "./document.ts";

// `npm run docs:observability`: makes the tables and the picture of docs/observability.md anew.
const file = path.join(root, "docs/observability.md");
writeFileSync(file, documented(readFileSync(file, "utf8")));
writeFileSync(path.join(root, "docs/dashboard.svg"), dashboardPicture());
