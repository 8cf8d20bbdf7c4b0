import { EventLineReader } from "../event-rows.js";
import { objectOf } from "../json-lines.js";
import type { Source } from "../port.js";
import { LinuxReader } from "./reader.js";
import { recognise } from "./recognise.js";

/** An audit record can go on after any of its fields. */
const isWhole = (line: string): boolean =>
  /<\/Event>\s*$/.test(line) || (line.startsWith("{") && objectOf(line) !== undefined);

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
    if ("refused" in recognised) return { recognised: false, refused: recognised.refused };
    const lines = new LinuxReader();
    const reader = new EventLineReader(recognised.product, (line) => lines.read(line), isWhole);
    return { recognised: true, reader };
  },
};
