import { execFile } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { promisify } from "node:util";
import { SentryCli } from "@sentry/cli";
import { ReleaseError } from "../release/fleet.ts";

/** A project at Sentry, and what may write to it. */
export interface SentryProject {
  readonly authToken: string;
  readonly org: string;
  readonly project: string;
  /** Another than sentry.io. */
  readonly url?: string | undefined;
}

const UPLOAD_MS = 10 * 60_000;

/** The project that the environment names, or undefined where it names none. */
export function sentryOf(environment: Readonly<Record<string, string | undefined>>): SentryProject | undefined {
  const { SENTRY_AUTH_TOKEN: authToken, SENTRY_ORG: org, SENTRY_PROJECT: project, SENTRY_URL: url } = environment;
  return authToken && org && project ? { authToken, org, project, url } : undefined;
}

/**
 * Uploads the kept maps with their modules, by debug id, and removes them once Sentry has them. Returns a line that says what it did.
 *
 * @throws {ReleaseError} when Sentry did not take them; they are kept for another try
 */
export async function uploadSourceMaps(kept: string, sentry: SentryProject | undefined): Promise<string> {
  const count = existsSync(kept) ? readdirSync(kept).filter((file) => file.endsWith(".map")).length : 0;
  if (!sentry) return `${count} source maps are not uploaded: set SENTRY_AUTH_TOKEN, SENTRY_ORG and SENTRY_PROJECT.`;
  if (count === 0) return "No source maps to upload: they are kept where the stage was deployed from.";
  const { authToken, org, project, url } = sentry;
  const environment = { PATH: process.env["PATH"], SENTRY_AUTH_TOKEN: authToken, ...(url !== undefined && { SENTRY_URL: url }) };
  const asked = ["sourcemaps", "upload", "--org", org, "--project", project, "--strict", kept];
  try {
    await promisify(execFile)(SentryCli.getPath(), asked, { env: environment, timeout: UPLOAD_MS });
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    throw new ReleaseError(`Sentry did not take the source maps: ${stderr.trim().split("\n")[0] ?? ""}`, { cause: error });
  }
  rmSync(kept, { recursive: true });
  return `${count} source maps are uploaded to ${org}/${project}.`;
}
