import { backend } from "./backend.ts";
import type { Row } from "./row.ts";
import { safety } from "./safety.ts";
import { scaling } from "./scaling.ts";
import { stores } from "./stores.ts";
import { watching } from "./watching.ts";

/** Every row that AWS has a part in, in order. */
export const rows: readonly Row[] = [...backend, ...stores, ...watching, ...scaling, ...safety].toSorted((a, b) =>
  a.id.localeCompare(b.id, "en", { numeric: true }),
);

/** The rows that AWS has no part in, and what becomes of them. */
export const elsewhere: readonly { readonly id: string; readonly required: string; readonly where: string }[] = [
  { id: "6.1 – 6.6", required: "Kubernetes", where: "Not built yet: the EKS stack for the matching engine." },
  {
    id: "10.1",
    required: "Unit, integration and end-to-end tests, security scans, performance tests",
    where: "`npm test`, `.ci/run`, `npm run bench` and `npm run bench:cold`; scans of dependencies and secrets are not built yet.",
  },
];
