import { detectorList, sourceList } from "../pipeline/catalogue.js";
import { detectStep } from "../pipeline/hunt.js";
import { renderDetectors, renderSources } from "../pipeline/present.js";
import { settingsOfCase } from "../pipeline/settings.js";
import { applyFailOn, type HuntFlags, warn, withRules } from "./hunt-commands.js";
import type { Outcome } from "./outcome.js";
import { note, printData, printJson, printLine, terminalStyle } from "./output.js";
import { terminalProgress } from "./progress.js";
import { withCase } from "./with-case.js";

export async function runDetect(flags: HuntFlags, outcome: Outcome): Promise<void> {
  await withCase(flags, true, async (opened) => {
    const settings = withRules(await settingsOfCase(opened, flags.config), flags);
    warn(settings, flags);
    const { findings, runs } = await detectStep(opened, settings, terminalProgress(flags.quiet === true));
    if (flags.json) for (const finding of findings) await printData(`${JSON.stringify(finding)}\n`);
    else
      for (const run of runs) {
        const looked = run.evaluated
          .map(({ what, count }) => `${count.toLocaleString("en")} ${what}`)
          .join(", ");
        note(
          `${run.id}: ${run.status === "ran" ? `${run.findings} findings (${looked})` : `${run.status.replace("_", " ")}: ${run.reason}`}`,
        );
      }
    applyFailOn(findings, flags.failOn, outcome);
  });
}

export async function runSources(flags: { json?: boolean }): Promise<void> {
  if (flags.json) await printJson(sourceList());
  else printLine(renderSources(sourceList(), terminalStyle()));
}

export async function runDetectors(flags: { json?: boolean }): Promise<void> {
  if (flags.json) await printJson(detectorList());
  else printLine(renderDetectors(detectorList(), terminalStyle()));
}
