import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/[\\/]$/, "");
/** SST's working directory; git ignores it. */
export const work = path.join(root, ".sst");
/** The sources of SST's components and the packages of the providers, as `sst install` lays them down. */
export const platform = path.join(work, "platform");
export const platformModules = path.join(platform, "node_modules");
export const sstHome = path.join(root, ".sst-home");
/** Where graphs are kept. */
export const graphs = path.join(work, "graph");
