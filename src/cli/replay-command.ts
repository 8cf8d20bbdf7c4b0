import { renderReplay } from "../pipeline/present.js";
import { replayStep } from "../pipeline/replay/step.js";
import { settingsOfCase } from "../pipeline/settings.js";
import { detectedIn } from "./detected-in.js";
import { printJson, printLine, terminalStyle } from "./output.js";
import { terminalProgress } from "./progress.js";
import { type CaseFlags, withCase } from "./with-case.js";

export interface ReplayFlags extends CaseFlags {
  runs: number;
  json?: boolean;
}

export async function runReplay(flags: ReplayFlags): Promise<void> {
  await withCase(
    flags,
    true,
    async (opened) => {
      const settings = await settingsOfCase(opened, undefined);
      const detected = await detectedIn(opened, flags);
      const progress = terminalProgress(flags.quiet === true);
      const replay = await replayStep(opened, settings, detected, flags.runs, progress);
      if (flags.json) await printJson(replay);
      else printLine(renderReplay(replay, terminalStyle()));
    },
    // It keeps its answer in the case: no new detection may make that old meanwhile.
    { readsOnly: false },
  );
}
