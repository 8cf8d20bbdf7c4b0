import { LongwatchError, messageOf } from "../../kernel/errors.js";

/** An engine failure as an error of ours; errors of ours pass through. */
export function storeError(error: unknown, folder: string): LongwatchError {
  if (error instanceof LongwatchError) return error;
  const message = messageOf(error);
  if (/CANNOT_OPEN_FILE|Cannot lock file|Failed to create connection/.test(message)) {
    return new LongwatchError(
      "LW_CASE_BUSY",
      "another process has this case open; wait for it to end, or choose another folder with --case",
      { file: folder },
      error,
    );
  }
  if (/NOT_ENOUGH_SPACE|No space left on device|ENOSPC/.test(message)) {
    return new LongwatchError(
      "LW_DISK_FULL",
      "the disk is full; what was committed before is safe: make room and run the same command again",
      { file: folder },
      error,
    );
  }
  if (/EACCES|EROFS|EPERM|Permission denied|Read-only file system/.test(message)) {
    return new LongwatchError(
      "LW_CASE_INVALID",
      `the case folder cannot be written: ${message}`,
      { file: folder },
      error,
    );
  }
  return new LongwatchError("LW_STORE", message.replace(/^Code: \d+\. DB::Exception: /, ""), {}, error);
}
