import { expect, test } from "vitest";
import { linkedTo } from "./linkedTo.ts";

const env = {
  SST_RESOURCE_Uploads: JSON.stringify({ name: "main" }),
  SST_RESOURCE_StandbyUploads: JSON.stringify({ name: "standby" }),
  SST_RESOURCE_MasterSecret: JSON.stringify({ value: "shared" }),
};

test("without a prefix every link keeps its name", () => {
  expect(linkedTo(env)).toEqual({ Uploads: { name: "main" }, StandbyUploads: { name: "standby" }, MasterSecret: { value: "shared" } });
});

test("a copy of the backend reads its own links by their plain names, and shares those that have no copy", () => {
  const linked = linkedTo({ ...env, PENDO_LINK_PREFIX: "Standby" });
  expect(linked["Uploads"]).toEqual({ name: "standby" });
  expect(linked["MasterSecret"]).toEqual({ value: "shared" });
});
