import type { Probe } from "../port.js";

/** Whether the first line is of the format, or most of the first lines are. */
export function areLinesOf(pattern: RegExp, probe: Probe): boolean {
  const lines = probe.lines.map((line) => line.replace(/\r$/, "")).filter((line) => line.trim() !== "");
  const fitting = lines.filter((line) => pattern.test(line)).length;
  return fitting > 0 && (pattern.test(lines[0] ?? "") || fitting * 2 >= lines.length);
}
