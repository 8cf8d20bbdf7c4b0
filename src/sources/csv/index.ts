/** CSV of firewalls and the like, with a mapping in the configuration that says which column is what. */
import { contentId } from "../../kernel/ids.js";
import { Checks } from "../checked.js";
import { Columns, cutHeader, cutQuoted, fieldCountDiffers, plainLine } from "../delimited.js";
import type {
  CsvMapping,
  Detection,
  LineKind,
  Probe,
  Reader,
  Shape,
  Source,
  SourceSettings,
} from "../port.js";
import { Prelude } from "../sql.js";
import { csvPlan } from "./plan.js";
import { timeFormatProblem } from "./times.js";

const REQUIRED = ["time", "src_ip", "dst_ip"] as const;

class CsvReader implements Reader {
  readonly format = "csv";
  readonly log: string;
  readonly headerLines: number;
  readonly specialFirstBytes: ReadonlySet<number>;
  readonly shape: Shape;
  readonly sensorInLog = undefined;
  readonly #header: string;

  constructor(mapping: CsvMapping, header: string, headerLines: number) {
    this.log = mapping.name;
    this.headerLines = headerLines;
    this.#header = plainLine(header);
    // Where files were put together the header line comes again.
    this.specialFirstBytes = new Set([0x0a, 0x0d, 0xef, Buffer.from(this.#header)[0] ?? 0x0a]);
    this.shape = csvShape(mapping, cutHeader(header, mapping.delimiter));
  }

  special(line: string): LineKind {
    if (line.trim() === "") return "blank";
    return plainLine(line) === this.#header ? "header" : "data";
  }

  wholeWithoutNewline(): boolean {
    return false;
  }
}

function csvShape(mapping: CsvMapping, names: readonly string[]): Shape {
  const prelude = new Prelude();
  const checks = new Checks(prelude);
  const plan = csvPlan(mapping, new Columns(names), prelude, checks);
  return {
    key: contentId("csv", JSON.stringify(mapping), ...names),
    prelude: [cutQuoted(mapping.delimiter), ...prelude.entries],
    rejectLine: fieldCountDiffers(names.length),
    plans: [{ ...plan, ...checks.verdict }],
  };
}

/** Why a mapping does not fit a header line; undefined if it does. */
function misfit(mapping: CsvMapping, header: string): string | undefined {
  if (!/^[^"\n\r\u0080-\uffff]$/.test(mapping.delimiter))
    return "its delimiter must be one ASCII character, and no quote";
  const unmapped = REQUIRED.filter((field) => mapping.columns[field] === undefined);
  if (unmapped.length > 0) return `it maps no column to ${unmapped.join(", ")}`;
  const time = timeFormatProblem(mapping);
  if (time !== undefined) return time;
  const columns = new Columns(cutHeader(header, mapping.delimiter));
  const missing = Object.values(mapping.columns).filter((name) => name !== undefined && !columns.has(name));
  return missing.length > 0 ? `the first line has no column ${missing.join(", ")}` : undefined;
}

export const csvSource: Source = {
  id: "csv",
  title: "CSV with a mapping from the configuration",
  formats: [
    { format: "csv", description: "connections of a firewall; longwatch.yaml says which column is what" },
  ],
  detect(probe: Probe, settings: SourceSettings): Detection {
    if (settings.csvMappings.length === 0)
      return { recognised: false, refused: "no CSV mapping is configured" };
    const at = probe.lines.findIndex((line) => line.trim() !== "");
    const header = probe.lines[at];
    if (header === undefined) return { recognised: false, refused: "there is no line to judge by" };
    const reasons: string[] = [];
    for (const mapping of settings.csvMappings) {
      const reason = misfit(mapping, header);
      if (reason === undefined) return { recognised: true, reader: new CsvReader(mapping, header, at + 1) };
      reasons.push(`mapping ${mapping.name}: ${reason}`);
    }
    return { recognised: false, refused: reasons.join(", ") };
  },
};
