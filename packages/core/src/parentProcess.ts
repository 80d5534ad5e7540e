/**
 * Whether the process that started this one, and had this pid, has ended. A main thread that computes does not notice that its channel closed, so another
 * thread asks.
 */
export function parentHasEnded(parentPid: number): boolean {
  // An orphan gets another parent on Linux and macOS. Windows keeps the number of the old one.
  return process.ppid !== parentPid || !isAlive(parentPid);
}

/** Whether a process has this pid. One of another user counts: it exists, though this process may not signal it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
