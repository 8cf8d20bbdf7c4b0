import { once } from "node:events";
import { visibleText } from "../kernel/visible.js";

/** Standard output is for results, standard error for everything else. */
export function printLine(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/**
 * What comes out of logs as it is. A program behind a pipe gets it word for word; on a terminal escape sequences in it must not act.
 * Waits for a slow reader, so that a large result does not pile up in memory.
 */
export async function printData(text: string): Promise<void> {
  if (!process.stdout.write(process.stdout.isTTY ? visibleText(text) : text))
    await once(process.stdout, "drain");
}

export function printJson(value: unknown): Promise<void> {
  return printData(`${JSON.stringify(value, null, 2)}\n`);
}

/** For people. Names of files and words of lists are in it, which somebody else chose. */
export function note(text: string): void {
  process.stderr.write(`${visibleText(text)}\n`);
}

/** How to draw on standard output: colours only on a terminal, and never against NO_COLOR. */
export function terminalStyle(): { colour: boolean; width: number } {
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return { colour, width: Math.min(200, Math.max(80, process.stdout.columns ?? 110)) };
}
