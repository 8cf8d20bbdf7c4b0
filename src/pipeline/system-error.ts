import { type ErrorCode, LongwatchError, messageOf } from "../kernel/errors.js";

/** What the operating system's refusals mean to a user of a case. */
const CODES: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
  ENOSPC: {
    code: "LW_DISK_FULL",
    message: "the disk is full; what was committed before is safe: make room and run the same command again",
  },
  EDQUOT: {
    code: "LW_DISK_FULL",
    message:
      "the disk quota is used up; what was committed before is safe: make room and run the same command again",
  },
  EROFS: {
    code: "LW_CASE_INVALID",
    message: "the case folder lies on a read-only file system; name another with --case",
  },
  EACCES: {
    code: "LW_CASE_INVALID",
    message:
      "the case folder may not be written (permission denied); change its mode, or name another with --case",
  },
  EPERM: {
    code: "LW_CASE_INVALID",
    message:
      "the case folder may not be written (not permitted); change its mode, or name another with --case",
  },
  EEXIST: { code: "LW_CASE_INVALID", message: "there is a file of that name; name a folder with --case" },
  ENOTDIR: {
    code: "LW_CASE_INVALID",
    message: "a part of this path is a file, not a folder; name another with --case",
  },
  EMFILE: {
    code: "LW_STORE",
    message: "too many files are open; raise the limit (ulimit -n) and run the same command again",
  },
};

/** A failed write into the case as an error of ours; what is none of these passes through. */
export function caseError(error: unknown, folder: string): unknown {
  if (error instanceof LongwatchError) return error;
  const known = CODES[systemCode(error)];
  if (!known) return error;
  return new LongwatchError(known.code, known.message, { file: folder }, error);
}

/** Why a file of the input could not be read, in words. */
export function inputProblem(error: unknown): string {
  switch (systemCode(error)) {
    case "ENOENT":
      return "it is gone, or a link that leads nowhere";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ELOOP":
      return "links that lead in a circle";
    case "EIO":
      return "the disk reports a read error";
    default:
      return messageOf(error);
  }
}

function systemCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : "";
}
