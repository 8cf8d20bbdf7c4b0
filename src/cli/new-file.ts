import { type FileHandle, open } from "node:fs/promises";
import { LongwatchError } from "../kernel/errors.js";

/** A file that is made by a command, piece by piece. Never over one that is there: it could be the evidence. */
export class NewFile {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @throws LW_USAGE where it exists or cannot be made */
  static async create(path: string): Promise<NewFile> {
    try {
      return new NewFile(path, await open(path, "wx"));
    } catch (error) {
      throw fileError(error, path);
    }
  }

  /** @throws LW_DISK_FULL, LW_USAGE */
  async write(bytes: Uint8Array | string): Promise<void> {
    try {
      await this.#handle.appendFile(bytes);
    } catch (error) {
      throw fileError(error, this.#path);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function fileError(error: unknown, file: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EEXIST")
    return new LongwatchError(
      "LW_USAGE",
      "there is a file of that name already; name a new one",
      { file },
      error,
    );
  if (code === "ENOSPC" || code === "EDQUOT")
    return new LongwatchError(
      "LW_DISK_FULL",
      "the disk is full; what was written before is there",
      { file },
      error,
    );
  return new LongwatchError("LW_USAGE", `cannot be written: ${message}`, { file }, error);
}
