import type { ChallengeId } from "@pendo/contract/ids";
import type { TestPorts } from "@pendo/local/testPorts";
import * as auth from "./auth.ts";

let networks = 0;
/** An address in a network of its own, so that one test does not spend the budgets of another. */
export const freshIp = (): string => `2001:db8:${(++networks).toString(16)}::1`;

/** Asks for a code from a network of its own, unless told. */
export const requestOtp = (ports: TestPorts, input: Omit<auth.CodeRequest, "ip"> & { ip?: string }) =>
  auth.requestOtp(ports, { ip: freshIp(), ...input });

/** Answers a code from a network of its own, unless told. */
export const verifyOtp = (ports: TestPorts, input: { challengeId: ChallengeId; code: string; deviceName?: string; ip?: string }) =>
  auth.verifyOtp(ports, { ip: freshIp(), ...input });
