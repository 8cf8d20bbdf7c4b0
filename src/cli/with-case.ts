import { type Case, caseError, loadFindings, openCase, type Stored } from "../pipeline/index.js";
import { note } from "./output.js";

/** Options that every command on a case has. */
export interface CaseFlags {
  case: string;
  store?: string;
  quiet?: boolean;
}

/**
 * Opens the case, runs the work, and closes the case whatever happens: an engine that is not closed aborts the process. What works on a case that
 * must be there reads only, unless it says otherwise.
 */
export async function withCase<Result>(
  flags: CaseFlags,
  mustExist: boolean,
  work: (openCase: Case) => Promise<Result>,
  { readsOnly = mustExist }: { readsOnly?: boolean } = {},
): Promise<Result> {
  const opened = await openCase({
    folder: flags.case,
    mustExist: mustExist && flags.store === undefined,
    readsOnly,
    ...(flags.store && { storeUrl: flags.store }),
  });
  if (opened.orphansDropped > 0 && !flags.quiet)
    note(`cleaned up after an interrupted run: ${opened.orphansDropped} unfinished partitions dropped`);
  try {
    return await work(opened);
  } catch (error) {
    throw caseError(error, flags.case);
  } finally {
    await opened.close();
  }
}

/** What the last detection found, with a warning where that may no longer be all that there is to find. */
export async function detectedIn(opened: Case, flags: CaseFlags): Promise<Stored> {
  const stored = await loadFindings(opened);
  if (stored.outdated && !flags.quiet)
    note(
      "warning: records came into the case after the last detection; `longwatch detect` looks at them too",
    );
  return stored;
}
