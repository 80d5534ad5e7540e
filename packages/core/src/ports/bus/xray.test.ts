import { expect, test } from "vitest";
import { readXrayHeader, xrayHeaderOf } from "./xray.ts";

const id = "67891233abcdef012345678912345678";

test("a trace context becomes X-Ray's header and back, with its decision about sampling", () => {
  const header = xrayHeaderOf(`00-${id}-463ac35c9f6413ad-01`);

  expect(header).toBe("Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1");
  expect(readXrayHeader(header ?? "")).toEqual({ id, isSampled: true });
  expect(xrayHeaderOf(`00-${id}-463ac35c9f6413ad-00`)).toContain("Sampled=0");
  expect([xrayHeaderOf(null), xrayHeaderOf(""), xrayHeaderOf("00-x")]).toEqual([null, null, null]);
});

test("X-Ray's header is read as AWS writes it, in any order and with its other parts, and never half", () => {
  const root = "Root=1-67891233-abcdef012345678912345678";

  expect(readXrayHeader(`Self=1-67891234-12456789abcdef012345678;${root};CalledFrom=app`)).toEqual({ id, isSampled: false });
  expect(readXrayHeader(`Sampled=1; ${root}; Lineage=a87bd80c:1|68fd508a:5`)).toEqual({ id, isSampled: true });
  for (const broken of [undefined, "", "Root=1-67891233", `${root}0`, "Sampled=1", "root=1-67891233-abcdef012345678912345678"])
    expect(readXrayHeader(broken)).toBeNull();
});
