import type { AssessedSchedule } from "../model/assessed-schedule.js";
import type { HolidayCalendar } from "../model/calendar.js";
import type { HijackCatalogue } from "../model/dll-hijack.js";
import type { Finding } from "../model/finding.js";
import type { HostDirectory } from "../model/host-identity.js";
import type { Indicator } from "../model/indicator.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import type { QueryOptions, SqlParameters } from "../store/port.js";
import type { RuleSet } from "./sigma/rule-set.js";

/** A threshold or weight: changeable for each case in `longwatch.yaml` without importing again. */
export interface ParameterSpec {
  default: number;
  unit: string;
  meaning: string;
}

export interface DetectorManifest {
  /** Folder name, e.g. `cloud-masquerade`. */
  id: string;
  title: string;
  /** One paragraph: what it finds, and how. */
  description: string;
  /** Tables without which it cannot say anything. All must have rows, else the detector is reported as not tested. */
  needs: readonly string[];
  /** Tables that make it better; their absence is mentioned. */
  uses: readonly string[];
  attack: readonly string[];
  parameters: Readonly<Record<string, ParameterSpec>>;
  /** Detectors whose findings it reads. */
  after: readonly string[];
}

export interface DetectContext {
  /** Reads only. */
  query<Row>(sql: string, parameters?: SqlParameters, options?: QueryOptions): Promise<Row[]>;
  stream<Row>(sql: string, parameters?: SqlParameters, options?: QueryOptions): AsyncIterable<Row>;
  directory: OrganisationDirectory;
  /** Which host had which address when. */
  hosts: HostDirectory;
  indicators: readonly Indicator[];
  /** Domains and networks that the user declares harmless: no finding is made of them. */
  allow: AllowList;
  /** Default merged with the configuration. */
  parameter(name: string): number;
  /** Findings of the detectors named in `after`. */
  findings: readonly Finding[];
  calendars: CalendarChoice;
  /** Sigma rules that can be run, and where the events that they ask for stand: our own and the user's. They are read when they are asked for. */
  sigmaRules(): RuleSet;
  /** Known pairs of DLL side-loading, from the catalogue that the user names; empty where there is none. They are read when they are asked for. */
  dllHijacks(): HijackCatalogue;
  /** First and last time of all telemetry, milliseconds UTC. */
  span: { first: number; last: number };
}

export interface AllowList {
  /** True for a listed domain and everything below it. */
  domain(name: string): boolean;
  address(ip: string): boolean;
}

/** Whose holidays a case asks about, and where its organisations stand. */
export interface CalendarChoice {
  /** ISO 3166-1 codes, each once, those of `home` first. */
  asked: readonly string[];
  /** Countries in which the watched organisations work; empty where nobody said. */
  home: readonly string[];
  /** Their IANA time zone, where somebody said. */
  homeTimeZone: string | undefined;
  /** Undefined where no calendar that can be trusted is shipped. */
  of(country: string): HolidayCalendar | undefined;
}

export interface DetectorResult {
  findings: Finding[];
  /** How much it looked at: zero input is "not tested", not "clean". */
  evaluated: { what: string; count: number }[];
  /** Working hours that it analysed, also where the answer is "too little". Only `operator-schedule` has any. */
  schedules?: AssessedSchedule[];
  /** Set if it could not test anything, e.g. "no watched infrastructure is configured". */
  notTested?: string;
}

export interface Detector {
  readonly manifest: DetectorManifest;
  run(context: DetectContext): Promise<DetectorResult>;
}
