import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sockets } from "./sockets.ts";

/** The client's end of a socket. */
export interface Peer {
  readonly received: readonly string[];
  isOpen(): boolean;
  /** The client goes away. */
  leave(): void;
  /** What happens to the next frame: the transport fails, or never answers. */
  next(trouble: "fails" | "hangs" | "leaves"): void;
}

export interface SocketsUnderTest {
  readonly sockets: Sockets;
  open(connectionId: string): Peer;
  stop(): Promise<void>;
}

/** What every adapter of the sockets promises; its time limit must be set to two seconds. `name` says which one it is. */
export function socketsBehaviour(name: string, start: () => Promise<SocketsUnderTest>): void {
  describe(`the sockets of ${name}`, () => {
    let under: SocketsUnderTest;
    let count = 0;
    const opened = (): { id: string; peer: Peer } => {
      const id = `L0SM9${(count += 1)}/+cOFvHcCIhw=`;
      return { id, peer: under.open(id) };
    };
    beforeAll(async () => {
      under = await start();
    });
    afterAll(() => under.stop());

    test("a frame reaches its connection as it was sent, and no other", async () => {
      const [one, two] = [opened(), opened()];
      for (const frame of ['{"type":"nudge","data":{"rev":7}}', "žluť 🙂", "x"]) {
        expect(await under.sockets.send(one.id, frame)).toBe("sent");
      }
      expect(one.peer.received).toEqual(['{"type":"nudge","data":{"rev":7}}', "žluť 🙂", "x"]);
      expect(two.peer.received).toEqual([]);
    });

    test("100 frames sent at once to 10 connections all arrive", async () => {
      const all = Array.from({ length: 10 }, opened);
      await Promise.all(
        all.flatMap(({ id }, index) => Array.from({ length: 10 }, (_, n) => under.sockets.send(id, String(10 * n + index)))),
      );
      expect(all.flatMap(({ peer }) => peer.received).length).toBe(100);
      for (const [index, { peer }] of all.entries()) expect(peer.received.every((frame) => Number(frame) % 10 === index)).toBe(true);
    });

    test("a connection nobody has, or that the client left, is gone", async () => {
      const { id, peer } = opened();
      expect(await under.sockets.send("never-there=", "x")).toBe("gone");
      peer.leave();
      expect(await under.sockets.send(id, "x")).toBe("gone");
      expect(peer.received).toEqual([]);
    });

    test("a client that leaves while it is sent to is gone", async () => {
      const { id, peer } = opened();
      peer.next("leaves");
      expect(await under.sockets.send(id, "x")).toBe("gone");
    });

    test("closing ends the connection for its client, and it is gone at once", async () => {
      const { id, peer } = opened();
      await under.sockets.close(id);
      expect(peer.isOpen()).toBe(false);
      expect(await under.sockets.send(id, "x")).toBe("gone");
    });

    test("closing what is gone is fine", async () => {
      const { id } = opened();
      await under.sockets.close(id);
      await expect(under.sockets.close(id)).resolves.toBeUndefined();
      await expect(under.sockets.close("never-there=")).resolves.toBeUndefined();
    });

    test("a frame of 128 KB passes, one byte more is refused, counted in bytes, and nothing is sent", async () => {
      const { id, peer } = opened();
      const largest = "é".repeat(64 * 1024);
      expect(await under.sockets.send(id, largest)).toBe("sent");
      await expect(under.sockets.send(id, `${largest}x`)).rejects.toMatchObject({ code: "input.tooLarge" });
      expect(peer.received).toEqual([largest]);
    });

    test("a transport that fails throws, so that sending may be tried again", async () => {
      const { id, peer } = opened();
      peer.next("fails");
      await expect(under.sockets.send(id, "x")).rejects.toMatchObject({ code: "store.unavailable" });
      expect(await under.sockets.send(id, "y")).toBe("sent");
      expect(peer.received).toEqual(["y"]);
    });

    test("a transport that hangs is given up at the time limit, and holds up nobody else", async () => {
      const [slow, quick] = [opened(), opened()];
      slow.peer.next("hangs");
      const startMs = performance.now();
      const stalled = under.sockets.send(slow.id, "x").catch((thrown: unknown) => thrown);
      expect(await under.sockets.send(quick.id, "x")).toBe("sent");
      expect(await stalled).toMatchObject({ code: "store.unavailable" });
      expect(performance.now() - startMs).toBeGreaterThan(1_800);
      expect(performance.now() - startMs).toBeLessThan(8_000);
    });
  });
}
