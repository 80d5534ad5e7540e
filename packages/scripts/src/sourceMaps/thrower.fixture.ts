/** A handler that fails, whose frame a test looks up through its source map. */
export async function handler(): Promise<void> {
  const reason: string = "thrown by the fixture";
  throw new Error(reason); // line 4
}
