import { createServer, type Server } from "node:http";
import { CONTENT_TYPE } from "../prometheusText.ts";
import type { EngineService } from "./engineService.ts";

export interface Health {
  /** Nothing until it has loaded. */
  engine(): EngineService | undefined;
  isDraining(): boolean;
}

/** `/metrics` for Prometheus, `/healthz` while the process lives, `/readyz` while decks are made. */
export function engineHttp({ engine, isDraining }: Health): Server {
  return createServer((request, response) => {
    const send = (status: number, text: string, type = "text/plain; charset=utf-8"): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(text);
    };
    const service = engine();
    const path = request.url?.split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") return send(405, "GET only\n");
    if (path === "/healthz") return send(200, "ok\n");
    if (path === "/readyz") {
      if (isDraining()) return send(503, "draining\n");
      return service?.isReady() ? send(200, "ready\n") : send(503, service ? "replaying\n" : "loading\n");
    }
    if (path === "/metrics") {
      if (!service) return send(503, "loading\n");
      return send(200, service.meters.text(service.state, service.isReady() && !isDraining()), CONTENT_TYPE);
    }
    return send(404, "There are /metrics, /healthz and /readyz.\n");
  });
}
