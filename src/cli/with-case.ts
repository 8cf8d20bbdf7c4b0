import { type Case, openCase } from "../pipeline/case.js";
import { caseError } from "../pipeline/system-error.js";
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
