import { inColour, type Paint } from "../terminal/paint.ts";
import type { Output } from "../terminal/progressBar.ts";
import { drawScene, plainLine, type Scene, SCREEN_WIDTH } from "./screen.ts";
import type { Stage } from "./stage.ts";

const FRAME_MS = 250;
const PLAIN_EVERY_MS = 5000;
const THICK_OF_IT = 0.7;

export interface Show {
  /** Says what is going on now. */
  act(text: string): void;
  /** A frame from the thick of it, in colour, whatever the output: the last before the play comes to its end. */
  tellingFrame(): readonly string[];
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
  let telling: readonly string[] = [];
  let lines = 0;
  const sceneNow = (): Scene => ({ seen: stage.tally.read(), people, seconds, elapsedSec: (performance.now() - startedMs) / 1000, act });
  const draw = (): void => {
    const scene = sceneNow();
    if (!stage.over() && scene.elapsedSec < seconds * THICK_OF_IT) telling = drawScene(inColour, scene);
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
    tellingFrame: () => telling,
    end: () => {
      timers.forEach(clearInterval);
      act = "done";
      draw();
      tellPlain();
      if (out.isTTY) out.write("\u001b[?25h");
    },
  };
}
