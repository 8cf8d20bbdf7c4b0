import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LongwatchError } from "../kernel/errors.js";
import { caseError } from "./system-error.js";

/**
 * Takes a case for this process; the engine locks its own folder as well, but cannot name the other process. What a killed process left is
 * taken over.
 * @throws LW_CASE_BUSY, LW_DISK_FULL, LW_CASE_INVALID
 */
export function takeLock(folder: string): () => void {
  const path = join(folder, "lock");
  const own = `${process.pid}\n${processStart(process.pid) ?? ""}`;
  for (let attempt = 0; ; attempt++) {
    try {
      // `wx`: of two processes that begin together one gets it.
      writeFileSync(path, own, { flag: "wx", mode: 0o600 });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 5) throw caseError(error, folder);
      const [pid = "", started = ""] = readLock(path);
      if (pid !== String(process.pid) && pid !== "" && processStart(Number(pid)) === started)
        throw new LongwatchError(
          "LW_CASE_BUSY",
          `process ${pid} has this case open; wait for it to end, or choose another folder with --case`,
          { file: folder },
        );
      removeLock(path, folder);
    }
  }
  return () => {
    if (readLock(path).join("\n") === own) rmSync(path, { force: true });
  };
}

function readLock(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

function removeLock(path: string, folder: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw caseError(error, folder);
  }
}

/** When a process began, in kernel ticks where there is /proc, so that a reused process number is not taken for the old process. */
export function processStart(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process, of another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
