import { createServer, type Server } from "node:http";
import type { Observer } from "@pendo/functions/middleware/observer";
import { freePort, listen } from "./gateway/listen.ts";
import type { HostMetrics } from "./hostMetrics.ts";
import { CONTENT_TYPE } from "./prometheusText.ts";
import { storeMetrics, type StoreMetricsOptions } from "./storeMetrics.ts";

const LOOPBACK = "127.0.0.1";
// A page of another site, whose name was pointed at this machine, has another name.
const LOCAL_NAME = /^(localhost|127\.0\.0\.1)(:\d+)?$/;

export interface ScrapePage {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ScrapeOptions {
  readonly metrics: HostMetrics;
  /** 0 takes any free port. */
  readonly port: number;
  readonly stores: StoreMetricsOptions;
  readonly observer: Observer;
}

/** Serves `/metrics` for Prometheus on loopback alone: what is measured is for the operator. Throws `PortError` where the port is taken. */
export async function startMetrics({ metrics, port: wanted, stores, observer }: ScrapeOptions): Promise<ScrapePage> {
  const text = async (): Promise<string> => `${metrics.text()}${await storeMetrics(stores)}`;
  const server = metricsServer(text, (error) => observer.bug(error, { of: "metrics" }));
  const port = await freePort(wanted, LOOPBACK);
  await listen(server, port, LOOPBACK);
  return {
    url: `http://${LOOPBACK}:${port}/metrics`,
    stop: async () => {
      metrics.end();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function metricsServer(text: () => Promise<string>, onError: (error: unknown) => void): Server {
  return createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000 }, (request, response) => {
    const send = (status: number, body: string, type = "text/plain; charset=utf-8"): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" }).end(body);
    };
    if (!LOCAL_NAME.test(request.headers.host ?? "")) return send(404, "There is nothing here.\n");
    if (request.method !== "GET" && request.method !== "HEAD") return send(405, "GET only\n");
    if (request.url?.split("?")[0] !== "/metrics") return send(404, "There is /metrics.\n");
    text().then(
      (body) => send(200, body, CONTENT_TYPE),
      (error: unknown) => {
        onError(error);
        send(500, "The metrics could not be read.\n");
      },
    );
  });
}
