/**
 * How much the yes of somebody is worth to whoever gets it, as a multiplier of the score: 1 for all who choose, and less and less for who says yes to
 * more than nine in ten, down to a twentieth for a bot that likes everybody. Reciprocal ranking would otherwise put exactly these on top. It goes by the
 * lower end of what the rate may be (a 95 % interval: Wilson 1927), so a few swipes of a newcomer prove nothing.
 */
export function worthOfYes(yeses: number, swipes: number): number {
  if (swipes <= 0) return 1;
  const z = 1.645;
  const rate = Math.min(1, yeses / swipes);
  const middle = rate + (z * z) / (2 * swipes);
  const reach = z * Math.sqrt((rate * (1 - rate)) / swipes + (z * z) / (4 * swipes * swipes));
  const low = (middle - reach) / (1 + (z * z) / swipes);
  return Math.min(1, Math.max(0.05, (1 - low) / 0.1));
}
