import { type Fleet, ReleaseError, type Shift, type Version, type Versions } from "./fleet.ts";

/** How `live` moves, for every function whose newest version isn't live. Throws where one is under way already. */
export async function planRelease(fleet: Fleet): Promise<Shift[]> {
  return planned(fleet, false, (_, { published }) => newest(published));
}

/**
 * The way back: to the versions of a release, or to those before the live ones. A function without any such version stays as it is when it did not
 * exist then; where none has one, the release is unknown.
 */
export async function planRollback(fleet: Fleet, release?: string): Promise<Shift[]> {
  let known = false;
  const shifts = await planned(fleet, true, (_, { live, published }) => {
    const before = published.filter(({ version }) => Number(version) < Number(live));
    const target = newest(release === undefined ? before : published.filter((version) => version.release === release));
    if (target) known = true;
    return target;
  });
  if (!known)
    throw new ReleaseError(
      release === undefined ? "There is no version before the live ones." : `No function has a version of the release ${release}.`,
    );
  return shifts;
}

async function planned(
  fleet: Fleet,
  atOnce: boolean,
  target: (functionName: string, versions: Versions) => Version | undefined,
): Promise<Shift[]> {
  const names = await fleet.functions();
  if (names.length === 0) throw new ReleaseError("The stage has no function that is shifted; was it deployed?");
  const shifts: Shift[] = [];
  for (const functionName of names) {
    const versions = await fleet.versions(functionName);
    if (versions.shiftingTo !== undefined)
      throw new ReleaseError(`${functionName} is being shifted to version ${versions.shiftingTo}; wait for it, or roll back.`);
    const to = target(functionName, versions)?.version;
    if (to !== undefined && to !== versions.live) shifts.push({ functionName, from: versions.live, to, atOnce });
  }
  return shifts;
}

function newest(versions: readonly Version[]): Version | undefined {
  return versions.toSorted((a, b) => Number(b.version) - Number(a.version))[0];
}
