import { silentProgress } from "../../src/kernel/progress.js";
import type { SigmaMatch } from "../../src/model/sigma.js";
import { type LoadedRules, matchEvents, type SigmaMatchReport } from "../../src/pipeline/index.js";

export interface Matched {
  matches: SigmaMatch[];
  rejected: number;
  report: SigmaMatchReport;
}

/** Tests the rules on the files themselves, in this thread. */
export async function matchFiles(paths: readonly string[], loaded: LoadedRules): Promise<Matched> {
  const matches: SigmaMatch[] = [];
  let rejected = 0;
  const report = await matchEvents(
    { paths, ...loaded, threads: 0 },
    { match: async (each) => void matches.push(each), problem: async () => void rejected++ },
    silentProgress,
  );
  return { matches, rejected, report };
}
