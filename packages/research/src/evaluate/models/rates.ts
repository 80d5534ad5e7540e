import { meetingAt, type Forecast, type Model, type Task } from "../task.ts";

/** How often somebody said yes, or heard it, among the known meetings: pulled to the mean of all as by so many more. */
function shares({ nights, known }: Task, side: "from" | "to", pull: number): Float64Array {
  const yes = new Float64Array(nights.guests.length);
  const all = new Float64Array(nights.guests.length);
  let total = 0;
  for (const index of known) {
    const meeting = meetingAt(nights, index);
    const who = meeting[side];
    all[who] = (all[who] as number) + 1;
    if (!meeting.yes) continue;
    yes[who] = (yes[who] as number) + 1;
    total++;
  }
  const mean = total / Math.max(1, known.length);
  return yes.map((count, who) => (count + pull * mean) / ((all[who] as number) + pull));
}

function forecastBy({ nights, asked }: Task, chance: (from: number, to: number) => number): Forecast {
  const yes = new Float64Array(nights.meetings.length);
  for (const index of asked) {
    const { from, to } = meetingAt(nights, index);
    yes[index] = chance(from, to);
  }
  return { yes };
}

/** How liked the other is. */
export const popularity: Model = {
  name: "popularity",
  forecast: (task) => {
    const liked = shares(task, "to", 2);
    return forecastBy(task, (_, to) => liked[to] as number);
  },
};

/** How liked the other is times how readily the one says yes. */
export const popularityAndSelectivity: Model = {
  name: "popularity × selectivity",
  forecast: (task) => {
    const liked = shares(task, "to", 2);
    const ready = shares(task, "from", 2);
    return forecastBy(task, (from, to) => (liked[to] as number) * (ready[from] as number));
  },
};
