import type { Case } from "../pipeline/case.js";
import { loadFindings, type Stored } from "../pipeline/detect.js";
import { note } from "./output.js";
import type { CaseFlags } from "./with-case.js";

/** What the last detection found, with a warning where that may no longer be all that there is to find. */
export async function detectedIn(opened: Case, flags: CaseFlags): Promise<Stored> {
  const stored = await loadFindings(opened);
  if (stored.outdated && !flags.quiet)
    note(
      "warning: records came into the case after the last detection; `longwatch detect` looks at them too",
    );
  return stored;
}
