import { docComment } from "./docComment.ts";
import { oneCoreCall } from "./oneCoreCall.ts";
import { pointerFields } from "./pointerFields.ts";
import type { Rule } from "./rule.ts";
import { sqlInSqlFiles } from "./sqlInSqlFiles.ts";

const rules: Readonly<Record<string, Rule>> = {
  "doc-comment": docComment,
  "sql-in-sql-files": sqlInSqlFiles,
  "one-core-call": oneCoreCall,
  "pointer-fields": pointerFields,
};

/** The rules of this repository for oxlint, which loads a plugin's default export. */
export default { meta: { name: "pendo" }, rules };
