import { openConnection, type RawConnection, type Request } from "./rawClient.ts";

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Makes the next request; called once per request. */
  readonly next: () => Request;
}

/** Sends so many requests, to fill caches and let the engines compile. */
export async function warm({ port, connections, count, next }: Omit<Load, "seconds"> & { readonly count: number }): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => openConnection("127.0.0.1", port)));
  let sent = 0;
  await Promise.all(
    sockets.map(async (socket) => {
      while (sent++ < count) await socket.send(next());
    }),
  );
  sockets.forEach((socket) => socket.close());
}

export interface Measured {
  readonly perSec: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many answers were no success, by status. */
  readonly failures: Readonly<Record<number, number>>;
}

/** Closed loop: each connection sends its next request when the last one is answered. Finds the peak. */
export async function closedLoop({ port, connections, seconds, next }: Load): Promise<Measured> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => openConnection("127.0.0.1", port)));
  const latencies: number[] = [];
  const failures: Record<number, number> = {};
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  await Promise.all(
    sockets.map(async (socket) => {
      while (performance.now() < endMs) latencies.push(await timed(socket, next(), performance.now(), failures));
    }),
  );
  const tookSec = (performance.now() - startedMs) / 1000;
  sockets.forEach((socket) => socket.close());
  return { perSec: latencies.length / tookSec, ...percentiles(latencies), failures };
}

/**
 * Open loop: requests are due at a steady rate whether or not earlier ones are answered, and each one's latency counts from when it was due: a stall
 * is charged to everybody it kept waiting (no coordinated omission).
 */
export async function openLoop({ port, connections, seconds, next, perSec }: Load & { readonly perSec: number }): Promise<Measured> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => openConnection("127.0.0.1", port)));
  const latencies: number[] = [];
  const failures: Record<number, number> = {};
  const startedMs = performance.now();
  const total = Math.floor(perSec * seconds);
  let sent = 0;
  await Promise.all(
    sockets.map(async (socket) => {
      while (sent < total) {
        const dueMs = startedMs + (sent++ * 1000) / perSec;
        const waitMs = dueMs - performance.now();
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        // A timer fires up to a millisecond late, which is not the server's doing.
        const fromMs = waitMs > 0 ? performance.now() : dueMs;
        latencies.push(await timed(socket, next(), fromMs, failures));
      }
    }),
  );
  const tookSec = (performance.now() - startedMs) / 1000;
  sockets.forEach((socket) => socket.close());
  return { perSec: latencies.length / tookSec, ...percentiles(latencies), failures };
}

async function timed(socket: RawConnection, request: Request, fromMs: number, failures: Record<number, number>): Promise<number> {
  const status = await socket.send(request);
  if (status >= 300) failures[status] = (failures[status] ?? 0) + 1;
  return performance.now() - fromMs;
}

/** Percentiles of latencies in milliseconds by nearest rank, without interpolation; 0 of nothing. */
export function percentiles(latencies: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
