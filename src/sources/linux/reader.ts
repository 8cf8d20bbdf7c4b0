import type { HostEvent, Reading } from "../host-event.js";
import { objectOf } from "../json-lines.js";
import { type AuditRecord, auditRecord } from "./audit-record.js";
import { eventOfXml } from "./event-xml.js";
import { journalRecord, messageOf } from "./journal.js";

/** The host that a syslog's line names: behind its time in the form of RFC 3164 or RFC 5424 and ISO 8601. */
const SYSLOG =
  /^(?:<\d{1,3}>\d?\s?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) ([\w.:-]+) /;
/** Of the record SYSCALL: who did what the other records of its event tell of. */
const WHO = [
  ...[
    "pid",
    "ppid",
    "auid",
    "uid",
    "euid",
    "tty",
    "ses",
    "comm",
    "exe",
    "key",
    "success",
    "SYSCALL",
    "AUID",
    "UID",
  ],
];
/** Events whose records may still come: they stand close to each other, in turns of a few events. */
const MOST_EVENTS = 256;

/**
 * Reads the lines of Linux hosts' logs: events as XML (Sysmon for Linux) and audit records, as they are, behind the head of a syslog's line, or in the journal's
 * JSON. Remembers for the records of an audit event what the first of them said; one reader serves one file.
 */
export class LinuxReader {
  readonly #events = new Map<string, Map<string, string>>();

  /** Undefined: a line of something else. */
  read(line: string): Reading {
    if (line.startsWith("{")) return this.#ofJournal(line);
    const event = line.includes("<Event") ? eventOfXml(line) : undefined;
    if (event !== undefined) return listed(event);
    if (!line.includes("audit(")) return undefined;
    return this.#ofAudit(auditRecord(line, SYSLOG.exec(line)?.[1] ?? ""));
  }

  #ofJournal(line: string): Reading {
    const object = objectOf(line);
    if (object === undefined) return { refused: "it is not valid JSON" };
    const message = messageOf(object);
    const event = message.includes("<Event") ? eventOfXml(message) : undefined;
    if (event !== undefined) return listed(event);
    return this.#ofAudit(journalRecord(object, message));
  }

  #ofAudit(record: AuditRecord | { refused: string } | undefined): Reading {
    if (record === undefined || "refused" in record) return record;
    const { event, key, type } = record;
    const known = this.#events.get(key);
    const said = (names: readonly string[]) =>
      names.flatMap((name): [string, string][] => {
        const value = event.data.get(name);
        return value === undefined ? [] : [[name, [value].flat().join("\n")]];
      });
    if (type === "SYSCALL") this.#remember(key, new Map(said(WHO)));
    else if (known !== undefined) {
      if (type === "CWD") for (const [name, value] of said(["cwd"])) known.set(name, value);
      return [{ ...event, context: new Map([...known, ...event.context]) }];
    }
    return [event];
  }

  #remember(key: string, said: Map<string, string>): void {
    if (this.#events.size >= MOST_EVENTS) {
      const [oldest] = this.#events.keys();
      this.#events.delete(oldest as string);
    }
    this.#events.set(key, said);
  }
}

function listed(event: HostEvent | { refused: string }): Reading {
  return "refused" in event ? event : [event];
}
