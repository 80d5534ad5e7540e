import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { isAlive } from "../parentProcess.ts";
import { childFile, SERVE } from "./pictureChild.ts";

test("a child whose decoder never pauses ends soon after its parent was killed", async () => {
  const spins = `process.on("message", () => { process._rawDebug("pid " + process.pid); for (;;); })`;
  const parentScript = `
    import { fork } from "node:child_process";
    const child = fork(${JSON.stringify(fileURLToPath(childFile))}, [${JSON.stringify(SERVE)}, String(2 ** 40), "600000", String(process.pid)], {
      serialization: "advanced",
      execArgv: [${JSON.stringify(`--import=data:text/javascript,${encodeURIComponent(spins)}`)}],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.once("message", () => child.send({ file: new Uint8Array() }));`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", parentScript], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  parent.stderr.setEncoding("utf8").on("data", (text: string) => void (said += text));
  await expect.poll(() => said).toMatch(/^pid \d+$/m);
  const child = Number(/^pid (\d+)$/m.exec(said)?.[1]);
  try {
    expect(isAlive(child)).toBe(true);

    parent.kill("SIGKILL");
    await once(parent, "exit");

    await expect.poll(() => isAlive(child)).toBe(false);
  } finally {
    if (isAlive(child)) process.kill(child, "SIGKILL");
  }
});
