import type { Detection, Probe, Source } from "../port.js";
import { zeekJsonReader } from "./json-reader.js";
import { isTraceSummary, TraceSummaryReader } from "./trace-summary.js";
import { isZeekTsv, ZeekTsvReader } from "./tsv-reader.js";

export const zeekSource: Source = {
  id: "zeek",
  title: "Zeek (also Bro and Corelight sensors)",
  formats: [
    { format: "zeek-tsv", description: "Zeek logs as text with # header lines, any order of fields" },
    { format: "zeek-json", description: "Zeek logs as JSON lines, one log or several in a file (_path)" },
    { format: "zeek-summary", description: "conn-summary.log: recognised, not used" },
  ],
  detect(probe: Probe): Detection {
    if (isZeekTsv(probe.lines)) return { recognised: true, reader: new ZeekTsvReader(probe) };
    if (isTraceSummary(probe.lines)) return { recognised: true, reader: new TraceSummaryReader() };
    const reader = zeekJsonReader(probe);
    return typeof reader === "string" ? { recognised: false, refused: reader } : { recognised: true, reader };
  },
};
