import { EVENT_LINES, linesOfRecords } from "../event-line.js";
import { objectOf } from "../json-lines.js";
import type { LineKind, Reader, Source } from "../port.js";
import { LinuxReader } from "./reader.js";
import { recognise } from "./recognise.js";

class LinesReader implements Reader {
  readonly log = "events";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set();
  readonly shape = EVENT_LINES;
  readonly sensorInLog = undefined;
  readonly #reader = new LinuxReader();

  constructor(readonly format: string) {}

  special(): LineKind {
    return "data";
  }

  rewrite(lines: Buffer): Buffer {
    return linesOfRecords(lines, (line) => this.#reader.read(line));
  }

  /** An audit record can go on after any of its fields. */
  wholeWithoutNewline(line: string): boolean {
    return /<\/Event>\s*$/.test(line) || (line.startsWith("{") && objectOf(line) !== undefined);
  }
}

export const linuxSource: Source = {
  id: "linux",
  title: "Linux hosts",
  formats: [
    {
      format: "sysmon-linux",
      description: "Sysmon for Linux, in a syslog, as lines of XML, or in journalctl -o json",
    },
    { format: "auditd", description: "audit.log, raw or enriched; audit records in a syslog or the journal" },
    { format: "event-xml", description: "other events as XML, one a line" },
  ],
  detect({ head }) {
    const recognised = recognise(head);
    return "refused" in recognised
      ? { recognised: false, refused: recognised.refused }
      : { recognised: true, reader: new LinesReader(recognised.product) };
  },
};
