import { BackupClient, ListRecoveryPointsByBackupVaultCommand, ListRestoreJobsCommand } from "@aws-sdk/client-backup";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, test, vi } from "vitest";
import { agesOf, handler } from "./recovery.ts";

const backup = mockClient(BackupClient);
beforeEach(() => void backup.reset());

const now = new Date("2026-05-10T12:00:00Z");
const ago = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);
const plan = { RestoreTestingPlanArn: "arn:aws:backup:eu-west-1:123456789012:restore-testing-plan:weekly" };
const ages = () => agesOf(backup as unknown as BackupClient, "vault", now);

test("the age is that of the newest backup that is whole, on whatever page it is listed", async () => {
  backup
    .on(ListRecoveryPointsByBackupVaultCommand)
    .resolvesOnce({ RecoveryPoints: [{ Status: "COMPLETED", CreationDate: ago(3) }], NextToken: "more" })
    .resolvesOnce({
      RecoveryPoints: [
        { Status: "COMPLETED", CreationDate: ago(1.5) },
        { Status: "PARTIAL", CreationDate: ago(0.5) },
        { Status: "CREATING", CreationDate: ago(0.1) },
      ],
    });
  backup.on(ListRestoreJobsCommand).resolves({ RestoreJobs: [] });
  expect(await ages()).toEqual({ backupAgeMin: 90, restoreTestAgeDays: 30 });
  expect(backup.commandCalls(ListRecoveryPointsByBackupVaultCommand).map(({ args }) => args[0].input.NextToken)).toEqual([
    undefined,
    "more",
  ]);
});

test("a restore counts as a test only where a plan made it and its data held up", async () => {
  backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({});
  backup.on(ListRestoreJobsCommand).resolves({
    RestoreJobs: [
      { CompletionDate: ago(1) },
      { CompletionDate: ago(24), CreatedBy: plan, ValidationStatus: "FAILED" },
      { CompletionDate: ago(48), CreatedBy: plan, ValidationStatus: "TIMED_OUT" },
      { CompletionDate: ago(36 * 6), CreatedBy: plan, ValidationStatus: "SUCCESSFUL" },
    ],
  });
  expect(await ages()).toEqual({ backupAgeMin: 720, restoreTestAgeDays: 9 });
});

test("where Backup cannot be asked the run fails, and no age is made up", async () => {
  backup.on(ListRecoveryPointsByBackupVaultCommand).rejects(new Error("AccessDenied"));
  backup.on(ListRestoreJobsCommand).resolves({});
  await expect(ages()).rejects.toThrow("AccessDenied");
});

test("the handler writes both ages as metrics of its stage", async () => {
  vi.stubEnv("PENDO_BACKUP_VAULT", "vault");
  vi.stubEnv("PENDO_STAGE", "staging");
  backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({});
  backup.on(ListRestoreJobsCommand).resolves({});
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  await handler();
  write.mockRestore();
  vi.unstubAllEnvs();
  const metric = lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((line) => "_aws" in line);
  expect(metric).toMatchObject({ watch: "recovery", backupAgeMin: 720, restoreTestAgeDays: 30 });
  expect(JSON.stringify(metric)).toContain('"Namespace":"Pendo/staging"');
});
