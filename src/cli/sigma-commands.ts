import { loadRules } from "../pipeline/index.js";
import type { Outcome } from "./outcome.js";
import { note, printData, printLine } from "./output.js";

export async function runSigmaCheck(
  flags: { rules: string[]; placeholders?: string; json?: boolean },
  outcome: Outcome,
): Promise<void> {
  const { checked, files } = loadRules(flags.rules, flags.placeholders);
  for (const rule of checked) {
    if (flags.json) await printData(`${JSON.stringify(rule)}\n`);
    else {
      const { path, line, status, title, reason } = rule;
      await printData(
        `${status.padEnd(11)} ${path}:${line}  ${title}${reason === "" ? "" : `: ${reason}`}\n`,
      );
    }
  }
  const count = (status: string): number => checked.filter((rule) => rule.status === status).length;
  const share = ((100 * count("ok")) / Math.max(1, checked.length)).toFixed(2);
  const summary = `${checked.length} rules in ${files} files: ${count("ok")} ok (${share} %), ${count("unsupported")} unsupported, ${count("invalid")} invalid, ${count("unmapped")} unmapped`;
  if (flags.json) note(summary);
  else printLine(summary);
  if (count("ok") === 0) outcome.exitCode = 3;
}
