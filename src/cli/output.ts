import { once } from "node:events";

/** Standard output is for results, standard error for everything else. */
export function printLine(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Waits for a slow reader, so that a large result does not pile up in memory. */
export async function printChunk(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, null, 2));
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** How to draw on standard output: colours only on a terminal, and never against NO_COLOR. */
export function terminalStyle(): { colour: boolean; width: number } {
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return { colour, width: Math.min(200, Math.max(80, process.stdout.columns ?? 110)) };
}
