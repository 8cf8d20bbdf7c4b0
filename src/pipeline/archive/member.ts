/** A file within an archive. Its content is read, or left alone, before the next one is asked for. */
export interface Member {
  /** As the archive has it: never a path to write to. */
  name: string;
  /** Ends with an `UnpackError` where it is damaged. */
  chunks: AsyncIterable<Buffer>;
}

/** Files in one archive. */
export const MOST_ENTRIES = 10_000;
