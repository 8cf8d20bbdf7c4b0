import { configurationTemplate } from "../pipeline/init.js";
import { simulateStep } from "../pipeline/simulate.js";
import { note, printJson } from "./output.js";
import { terminalProgress } from "./progress.js";

export function runInit(folder: string): void {
  const path = configurationTemplate(folder);
  note(`wrote ${path}; every key in it is explained there`);
}

interface SimulateFlags {
  out: string;
  seed: number;
  scale: number;
  json?: boolean;
}

export async function runSimulate(scenario: string, flags: SimulateFlags): Promise<void> {
  const result = await simulateStep(
    { scenario, out: flags.out, seed: flags.seed, scale: flags.scale },
    terminalProgress(false),
  );
  if (flags.json) await printJson({ out: flags.out, ...result });
  else
    note(
      `wrote ${result.rows.toLocaleString("en")} synthetic log rows in ${result.files} files (${(result.bytes / 1e6).toFixed(1)} MB) to ${flags.out}; ` +
        `hunt them with: longwatch hunt ${flags.out} --case ./case`,
    );
}
