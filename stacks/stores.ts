import type { Database } from "./database";
import type { Cache } from "./cache";
import type { Connections } from "./connections";
import type { Mail } from "./mail";
import type { Media } from "./media";
import type { Push } from "./push";
import type { Search } from "./search";

/** What holds data, and what letters and pushes leave through. The properties are those of the links in `lambda/resources.ts`. */
export interface Stores {
  readonly database: Database;
  readonly cache: Cache;
  /** Absent where PostgreSQL searches. */
  readonly search?: Search | undefined;
  readonly connections: Connections;
  readonly media: Media;
  readonly mail: Mail;
  readonly push: Push;
}
