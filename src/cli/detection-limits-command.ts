import { detectionLimitsStep } from "../pipeline/detection-limits/step.js";
import { renderDetectionLimits } from "../pipeline/present.js";
import { settingsOfCase } from "../pipeline/settings.js";
import { detectedIn } from "./detected-in.js";
import { printJson, printLine, terminalStyle } from "./output.js";
import { terminalProgress } from "./progress.js";
import { type CaseFlags, withCase } from "./with-case.js";

export interface DetectionLimitsFlags extends CaseFlags {
  plantings: number;
  seed: number;
  json?: boolean;
}

export async function runDetectionLimits(flags: DetectionLimitsFlags): Promise<void> {
  await withCase(
    flags,
    true,
    async (opened) => {
      const settings = await settingsOfCase(opened, undefined);
      // Owners of hosts are known from the last detection.
      await detectedIn(opened, flags);
      const progress = terminalProgress(flags.quiet === true);
      const limits = await detectionLimitsStep(opened, settings, flags, progress);
      if (flags.json) await printJson(limits);
      else printLine(renderDetectionLimits(limits, terminalStyle()));
    },
    // Its rows stand in the case's tables while it runs: nobody else may write, or clean up, meanwhile.
    { readsOnly: false },
  );
}
