import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { account } from "./account.ts";

export type Method = (input: Record<string, unknown>) => unknown;

/** What SST's own program knows of the account: where its assets and its state are kept. */
const bootstrap: Record<string, Method> = {
  "Provider.Aws.Bootstrap": ({ region }) => ({
    asset: `sst-asset-${String(region)}`,
    state: `sst-state-${String(region)}`,
    assetEcrRegistryId: account,
    assetEcrUrl: `${account}.dkr.ecr.${String(region)}.amazonaws.com/sst-asset`,
    appsyncHttp: "offline.appsync-api.amazonaws.com",
    appsyncRealtime: "offline.appsync-realtime-api.amazonaws.com",
  }),
  "Provider.Aws.Appsync": () => ({ http: "offline.appsync-api.amazonaws.com", realtime: "offline.appsync-realtime-api.amazonaws.com" }),
};

/** Stands in for the part of SST that is not JavaScript, which its components call over HTTP. Returns its address. */
export async function serveRpc(builds: Record<string, Method>): Promise<string> {
  const methods: Record<string, Method> = { ...bootstrap, ...builds };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, params } = JSON.parse(Buffer.concat(chunks).toString()) as { method: string; params: [Record<string, unknown>] };
      const answered = Promise.resolve().then(() => {
        const known = methods[method];
        // SST looks for these very words, and then does without.
        if (!known) throw new Error(`rpc: can't find method ${method}`);
        return known(params[0]);
      });
      // Nothing may hold the process: that it has nothing left to do is how an evaluation ends.
      response.setHeader("connection", "close");
      answered.then(
        (result) => response.end(JSON.stringify({ result, error: null })),
        (error: unknown) => response.end(JSON.stringify({ error: (error as Error).message })),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
