import { meetingAt, type Task } from "../task.ts";

/** The known meetings as columns: what a sampler walks over thousands of times. */
export interface Seen {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** The wave and the gender of who decides, as one number. */
  readonly cell: Uint32Array;
  /** The same number for both meetings of a pair. */
  readonly pair: Uint32Array;
  readonly yes: Uint8Array;
}

/** The known meetings of a task as columns, in the order of `task.known`. */
export function seenOf(task: Task): Seen {
  const { nights, known } = task;
  const meetings = known.map((index) => meetingAt(nights, index));
  return {
    from: Uint32Array.from(meetings, ({ from }) => from),
    to: Uint32Array.from(meetings, ({ to }) => to),
    cell: Uint32Array.from(known, (index) => cellOf(task, index)),
    pair: Uint32Array.from(known, (index) => Math.min(index, meetingAt(nights, index).back)),
    yes: Uint8Array.from(meetings, ({ yes }) => (yes ? 1 : 0)),
  };
}

/** The wave and the gender of who decides: even for women. */
export function cellOf({ nights }: Task, index: number): number {
  const { wave, from } = meetingAt(nights, index);
  return 2 * nights.waves.indexOf(wave) + (nights.guests[from]?.gender ?? 0);
}
