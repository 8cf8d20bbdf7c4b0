import { visible } from "./visible.js";

/**
 * The one catalogue of errors. Every message says what to do next, and names file and line where there is one.
 * Exit codes (design, section 5): 0 done, 1 findings at or above --fail-on, 2 wrong usage or configuration,
 * 3 input unreadable in whole, 4 store failure.
 */
export const ERRORS = {
  LW_USAGE: {
    exit: 2,
    meaning:
      "The command line is wrong: an unknown option, a bad value, two options that exclude each other.",
  },
  LW_CONFIG: {
    exit: 2,
    meaning: "longwatch.yaml or a file it names is missing, malformed or contradicts itself.",
  },
  LW_INVENTORY: {
    exit: 2,
    meaning: "The organisation inventory or the asset list has a line that cannot be read.",
  },
  LW_WATCHLIST: { exit: 2, meaning: "A list of watched infrastructure cannot be read." },
  LW_KNOWLEDGE: {
    exit: 2,
    meaning: "A file of the knowledge base, or one to be imported into it, cannot be read.",
  },
  LW_LANGUAGE: {
    exit: 2,
    meaning: "A translation cannot be read, or has an argument that the English text has not.",
  },
  LW_QUERY: {
    exit: 2,
    meaning: "A query that is not one single reading statement, or that the engine refused.",
  },
  LW_NOT_FOUND: {
    exit: 2,
    meaning: "A finding, detector, organisation or scenario with that name does not exist.",
  },
  LW_NOT_DETECTED: {
    exit: 2,
    meaning: "The case has not been through a whole detection yet, or the last one was interrupted.",
  },
  LW_TLP: {
    exit: 2,
    meaning: "A report or export is marked more strictly (TLP) than its readers may see.",
  },
  LW_INPUT_MISSING: { exit: 3, meaning: "The file or folder to read does not exist or may not be read." },
  LW_INPUT_EMPTY: { exit: 3, meaning: "The folder holds no file that could be read as telemetry." },
  LW_INPUT_UNREADABLE: {
    exit: 3,
    meaning: "No file of the input could be read; the reasons stand beside each file.",
  },
  LW_CASE_BUSY: { exit: 4, meaning: "Another process has this case open." },
  LW_CASE_VERSION: { exit: 4, meaning: "The case was written by a newer version of Longwatch." },
  LW_CASE_INVALID: { exit: 4, meaning: "The folder is not a case, or cannot be created or written." },
  LW_DISK_FULL: { exit: 4, meaning: "The disk is full; what was committed before is safe." },
  LW_STORE: { exit: 4, meaning: "The engine refused or failed; what was committed before is safe." },
  LW_STORE_UNREACHABLE: {
    exit: 4,
    meaning: "The ClickHouse server does not answer, or refuses the credentials.",
  },
} as const satisfies Record<string, { exit: number; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** Where in an input an error arose. */
export interface ErrorPlace {
  file?: string;
  line?: number;
}

/** An error whose message is meant for the user. Anything else that is thrown is a defect of ours. */
export class LongwatchError extends Error {
  readonly code: ErrorCode;
  readonly file: string | undefined;
  readonly line: number | undefined;

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LongwatchError";
    this.code = code;
    this.file = place.file;
    this.line = place.line;
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }

  /** `file:line: message [CODE]`, the form in which compilers taught everyone to read errors. */
  describe(): string {
    const place =
      this.file === undefined
        ? ""
        : this.line === undefined
          ? `${visible(this.file)}: `
          : `${visible(this.file)}:${this.line}: `;
    return `${place}${this.message} [${this.code}]`;
  }
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
