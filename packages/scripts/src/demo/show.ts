import { inColour, type Paint } from "../terminal/paint.ts";
import type { Output } from "../terminal/progressBar.ts";
import { drawScene, plainLine, type Scene, SCREEN_WIDTH } from "./screen.ts";
import type { Stage } from "./stage.ts";

const FRAME_MS = 250;
const PLAIN_EVERY_MS = 5000;

export interface Show {
  /** Says what is going on now. */
  act(text: string): void;
  /** The last frame of the play itself, in colour, whatever the output. */
  lastFrame(): readonly string[];
  end(): void;
}

export interface ShowOptions {
  readonly out: Output;
  readonly paint: Paint;
  readonly stage: Stage;
  readonly people: number;
  readonly seconds: number;
}

/** Shows the play while it runs: redrawn in place in a terminal, otherwise a line every five seconds. */
export function showLive({ out, paint, stage, people, seconds }: ShowOptions): Show {
  const startedMs = performance.now();
  let act = "playing";
  let last: readonly string[] = [];
  let lines = 0;
  const sceneNow = (): Scene => ({ seen: stage.tally.read(), people, seconds, elapsedSec: (performance.now() - startedMs) / 1000, act });
  const draw = (): void => {
    const scene = sceneNow();
    if (!stage.over()) last = drawScene(inColour, scene);
    if (!out.isTTY) return;
    const width = Math.min(SCREEN_WIDTH, Math.max(40, (out.columns ?? SCREEN_WIDTH + 1) - 1));
    const frame = drawScene(paint, scene, width);
    // Up to where the last frame began, and over it.
    out.write(`${lines > 0 ? `\u001b[${lines}A\r` : "\u001b[?25l"}${frame.map((line) => `${line}\u001b[K`).join("\n")}\n`);
    lines = frame.length;
  };
  const tellPlain = (): void => void (out.isTTY || out.write(`${plainLine(sceneNow())}\n`));
  draw();
  const timers = [setInterval(draw, FRAME_MS), setInterval(tellPlain, PLAIN_EVERY_MS)];
  return {
    act: (text) => {
      act = text;
      draw();
    },
    lastFrame: () => last,
    end: () => {
      timers.forEach(clearInterval);
      act = "done";
      draw();
      tellPlain();
      if (out.isTTY) out.write("\u001b[?25h");
    },
  };
}
