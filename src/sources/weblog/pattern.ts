import type { Field } from "../checked.js";
import type { LineKind, Probe, Reader, Shape } from "../port.js";
import { type Prelude, sqlString } from "../sql.js";

/** Reads a log without a header, each of whose lines is a record or blank. */
export class PatternReader implements Reader {
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set([0x0a, 0x0d]);
  readonly sensorInLog = undefined;

  constructor(
    readonly format: string,
    readonly log: string,
    readonly shape: Shape,
  ) {}

  special(line: string): LineKind {
    return line.trim() === "" ? "blank" : "data";
  }

  /** `200 12` may be the beginning of `200 1234`. */
  wholeWithoutNewline(): boolean {
    return false;
  }
}

/** The parts of a line by the names of a pattern's groups; `-` is none. */
export function partsOf<Name extends string>(groups: Readonly<Record<Name, number>>) {
  const part = (name: Name): string => `parts[${groups[name]}]`;
  const field = (name: Name): Field => ({ name, raw: part(name), absent: `${part(name)} IN ('', '-')` });
  return { part, field };
}

/** What stands before a shape's own prelude, so that {@link partsOf} finds the parts of a line. They are empty where it does not fit. */
export function cutByPattern(pattern: string, prelude: Prelude): string[] {
  return [
    `extractGroups(toValidUTF8(trim(TRAILING '\\r' FROM line)), ${sqlString(pattern)}) AS parts`,
    ...prelude.entries,
  ];
}

/** Whether the first line is of the format, or most of the first lines are. */
export function areLinesOf(pattern: RegExp, probe: Probe): boolean {
  const lines = probe.lines.map((line) => line.replace(/\r$/, "")).filter((line) => line.trim() !== "");
  const fitting = lines.filter((line) => pattern.test(line)).length;
  return fitting > 0 && (pattern.test(lines[0] ?? "") || fitting * 2 >= lines.length);
}
