/** What a release and a rollback ask of AWS. `aws.ts` is the real one. */
export interface Fleet {
  /** Every function of the stage that is shifted, by name. */
  functions(): Promise<string[]>;
  /** What `live` of a function points at, and every published version, oldest first. */
  versions(functionName: string): Promise<Versions>;
  /** Begins to move `live`; answers the deployment's id. */
  shift(shift: Shift): Promise<string>;
  /** How far the deployments are. */
  progress(deploymentIds: readonly string[]): Promise<Progress[]>;
  /** Stops a deployment, and takes its traffic back. */
  stop(deploymentId: string): Promise<void>;
  /** Deployments that are under way. */
  running(): Promise<string[]>;
}

export interface Versions {
  readonly live: string;
  /** A version in the midst of being shifted to, if there is one. */
  readonly shiftingTo?: string;
  readonly published: readonly Version[];
}

export interface Version {
  readonly version: string;
  /** PENDO_RELEASE, as it was when the version was published. */
  readonly release: string;
}

export interface Shift {
  readonly functionName: string;
  readonly from: string;
  readonly to: string;
  /** All at once, without asking the new version or any alarm: the way back must not wait. */
  readonly atOnce: boolean;
}

export interface Progress {
  readonly deploymentId: string;
  readonly state: "running" | "succeeded" | "failed";
  /** Why it failed, in CodeDeploy's words. */
  readonly reason: string;
}

/** It can't go on. One line, which names the function. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}
