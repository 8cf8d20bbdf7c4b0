import type { AssessedSchedule } from "../model/assessed-schedule.js";
import type { Assessment } from "../model/assessment.js";
import type { Attribution } from "../model/attribution.js";
import type { DetectionLimits } from "../model/detection-limits.js";
import type { Finding, Tlp } from "../model/finding.js";
import type { HostAlias } from "../model/host-identity.js";
import type { Correlation } from "../model/incident.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import type { Replay } from "../model/replay.js";
import type { Store } from "../store/port.js";

/** The reading half of the store: all that the assessment needs of it. */
export type Query = Store["query"];

/** How one detector fared, as the pipeline records it. */
export type DetectorRun = Assessment["detectors"][number];

/** Hours (since 1970-01-01 UTC, sorted) in which a sensor wrote at least one record. */
export interface SensorCoverage {
  sensorId: string;
  realm: string;
  hours: number[];
  records: number;
}

/** Contact of one host with one server on one port and UTC day. "Out" is from our side, whoever opened the connection. */
export interface ContactDay {
  realm: string;
  host: string;
  server: string;
  port: number;
  direction: "outbound" | "inbound";
  /** The server's name if the contact is known by it (its address may serve others too); '' if known by address. */
  name: string;
  /** Days since 1970-01-01. */
  day: number;
  connections: number;
  answered: number;
  bytesOut: number;
  bytesIn: number;
  /** Milliseconds UTC. */
  first: number;
  last: number;
}

/** Answered connections that a host with findings opened to an asset of the list while those findings lasted. */
export interface AssetContact {
  realm: string;
  host: string;
  asset: string;
  connections: number;
  /** Milliseconds UTC. */
  first: number;
  last: number;
}

/** A log that was recognised and not used, or lines that could not be read. */
export interface UnreadLog {
  format: string;
  log: string;
  lines: number;
}

/** What the store knows; everything else of the assessment is computed from it without a further query. */
export interface Gathered {
  files: number;
  rows: number;
  rejected: number;
  /** Lines with a time before 1971: accepted, and no clock stood there. */
  earlyTimes: number;
  first: number | undefined;
  last: number | undefined;
  sensors: SensorCoverage[];
  /** Records by event class. */
  classes: Record<string, number>;
  unused: UnreadLog[];
  /** Sensors that saw at least one address of an organisation. */
  visibility: { orgId: string; sensorId: string; connections: number }[];
  contacts: ContactDay[];
  assetContacts: AssetContact[];
  /** Names and certificates at addresses, for the graph. */
  serverNames: { name: string; address: string; relation: string }[];
}

export interface AssessmentInput {
  caseName: string;
  tlp: Tlp;
  /** The telemetry was generated, not recorded. */
  synthetic: boolean;
  /** RFC 3339; given, so that equal input gives an equal assessment. */
  generatedAt: string;
  findings: readonly Finding[];
  runs: readonly DetectorRun[];
  /** Working hours that a detector analysed. */
  schedules: readonly AssessedSchedule[];
  /** Incidents and campaigns that the findings were joined to. */
  correlation: Correlation;
  /** Who could be behind them. */
  attribution: readonly Attribution[];
  directory: OrganisationDirectory;
  machine: HostAlias;
  gathered: Gathered;
  /** When it could have been known, where somebody asked. */
  replay: Replay | null;
  /** How much could hide, where somebody asked. */
  detectionLimits: DetectionLimits | null;
}
