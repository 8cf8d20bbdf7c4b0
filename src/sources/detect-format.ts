import { binaryHint } from "./binary.js";
import type { Probe, Reader, RecordFile, Source, SourceSettings } from "./port.js";
import { SOURCES } from "./registry.js";

/** How a file is read: line by line by the engine, or record by record. */
export type Detected = { reader: Reader } | { records: RecordFile };

/** Why no source took a file: one reason for each of them, and a message for the user that has them all. */
export interface Refused {
  refusals: { source: string; reason: string }[];
  message: string;
}

/**
 * Finds the reader of a file by its content.
 * @throws LongwatchError LW_INPUT_UNREADABLE for a file that is known but must be converted first.
 */
export function detectFormat(probe: Probe, settings: SourceSettings): Detected | Refused {
  if (probe.head.length === 0) return refused("the file is empty", []);
  const refusals: Refused["refusals"] = [];
  for (const source of SOURCES) {
    const detection = source.detect(probe, settings);
    if (detection.recognised)
      return "reader" in detection ? { reader: detection.reader } : { records: detection.records };
    refusals.push({ source: source.id, reason: detection.refused });
  }
  if (probe.lines.every((line) => line.trim() === ""))
    return refused("the file holds nothing but blank lines", []);
  const binary = binaryHint(probe.head);
  if (binary !== undefined) return refused(`not a log as text: ${binary}`, refusals);
  const reasons = refusals.map(({ source, reason }) => `${source}: ${reason}`).join("; ");
  return refused(`no reader recognises it (${reasons})`, refusals);
}

/** How the records of a format become lines, where they are none. @param format as its reader or the case names it */
export function linedOf(format: string): Source["lined"] {
  return SOURCES.find(({ formats }) => formats.some((each) => each.format === format))?.lined;
}

function refused(message: string, refusals: Refused["refusals"]): Refused {
  return { refusals, message };
}
