import type { QueryOptions, SqlParameters } from "../../../store/port.js";
import type { FieldValue } from "../match/event.js";
import type { DetectionRule } from "../rule/model.js";

/** What a hunt needs of the store. Reads only. */
export interface StoredEvents {
  query<Row>(sql: string, parameters?: SqlParameters, options?: QueryOptions): Promise<Row[]>;
  stream<Row>(sql: string, parameters?: SqlParameters, options?: QueryOptions): AsyncIterable<Row>;
}

export interface StoredMatch {
  rule: DetectionRule;
  record: StoredRecord;
  /** The fields that made it match, by the rule's names. */
  fields(): Record<string, string>;
}

/** One stored row that a rule matched, from whichever table. */
export interface StoredRecord {
  readonly table: string;
  readonly sourceId: string;
  readonly line: number;
  /** What an event itself says of its number; null where it says nothing. */
  readonly recordId: number | null;
  /** RFC 3339 in UTC. */
  readonly time: string;
  readonly about: About;
  /** A field by the rule's name. Undefined: not there. */
  field(name: string): FieldValue | undefined;
}

/** Who an event is about: the machine whose log it is, or the ends of a contact. */
export type About = { computer: string; kind: string } | Contact;

export interface Contact {
  realm: string;
  /** Whose log says so: `sensor`, `server` or `proxy`. */
  role: string;
  sensor: string;
  /** Addresses of client and server, and the name that was asked for; '' where the log does not say. */
  src: string;
  dst: string;
  name: string;
  /** What was done, where the log says it in a few words. */
  what: string;
}
