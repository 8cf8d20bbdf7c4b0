import { z } from "zod";
import type { ErrorPlace } from "../kernel/errors.js";
import { TLP_LEVELS, type Tlp } from "./finding.js";

/** Columns that a CSV mapping may name. */
export const CSV_FIELDS = [
  "time",
  "src_ip",
  "src_port",
  "dst_ip",
  "dst_port",
  "protocol",
  "bytes_out",
  "bytes_in",
  "packets_out",
  "packets_in",
  "duration_seconds",
  "application",
  "action",
] as const;
export type CsvField = (typeof CSV_FIELDS)[number];

/** Realm of everything that no sensor's configuration puts elsewhere. */
export const DEFAULT_REALM = "default";

const name = z.string().trim().min(1).max(200);
const glob = z.string().trim().min(1).max(1_000);
const tlp = z.enum(TLP_LEVELS);
const share = z.number().min(0).max(1);
const column = z.string().trim().min(1).max(500);

const path = z.string().min(1).max(4_096);
const country = z.string().regex(/^[A-Z]{2}$/, "write an ISO 3166-1 code such as KH");

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return /[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}

const watchlistSchema = z.strictObject({
  path: path.describe("File: CSV, plain list, MISP JSON or STIX 2.1 bundle; relative to this file"),
  source: name
    .optional()
    .describe("Where it is from, for entries that do not say; the file's name where this is missing"),
  confidence: share.optional().describe("0..1, for entries that do not say; 0.5 where this is missing"),
  tlp: tlp.optional().describe("Marking of the whole list; stricter markings of single entries stand"),
  owner: name.optional().describe("Whose information it is, for entries that do not say"),
  sharing_group: name.optional().describe("With whom it may be shared, for entries that do not say"),
  validity: z
    .enum(["as_given", "open"])
    .default("as_given")
    .describe("open: count contacts at any time, for lists whose valid_from is only the day of publication"),
});

const sensorSchema = z.strictObject({
  id: name.describe("Name of the sensor; stands on every row"),
  path: z
    .union([glob, z.array(glob).min(1)])
    .describe(
      "Its files, relative to the hunted folder: ** any folders, * and ? within a name; a folder means all below it",
    ),
  realm: name
    .optional()
    .describe(`Whose address plan its private addresses belong to; "${DEFAULT_REALM}" where this is missing`),
  internal: z
    .array(z.string())
    .default([])
    .describe("CIDR ranges that are on our side of this sensor's realm"),
  tlp: tlp.optional(),
  owner: name.optional(),
  sharing_group: name.optional(),
});

const csvMappingSchema = z.strictObject({
  name: name.describe("Name of the format, for messages"),
  columns: z
    .strictObject({
      ...(Object.fromEntries(CSV_FIELDS.map((field) => [field, column.optional()])) as Record<
        CsvField,
        z.ZodOptional<typeof column>
      >),
      time: column,
      src_ip: column,
      dst_ip: column,
    })
    .describe("Our field: the column's name in the header line. All named columns must be there"),
  delimiter: z.string().length(1).default(","),
  time_format: name
    .default("iso8601")
    .describe("epoch, epoch_ms, iso8601, or a ClickHouse parseDateTime format such as %d/%m/%Y %H:%i:%s"),
  utc_offset: z
    .string()
    .regex(/^[+-](0\d|1[0-4]):[0-5]\d$/, "write an offset such as +07:00")
    .default("+00:00")
    .describe("Offset of times that have none, e.g. +07:00"),
});

const detectorSchema = z.strictObject({
  enabled: z.boolean().default(true),
  parameters: z
    .record(z.string(), z.number())
    .default({})
    .describe("Thresholds and weights that differ from the detector's defaults"),
});

const networks = z
  .array(z.union([z.string(), z.strictObject({ cidr: z.string(), realm: name })]))
  .default([]);

/** `longwatch.yaml` as it is written. docs/schemas/longwatch-yaml.schema.json is made from this. */
export const configFileSchema = z.strictObject({
  case: z
    .strictObject({
      name: name.default("Longwatch case"),
      tlp: tlp.default("amber").describe("Marking of everything that has none of its own"),
      synthetic: z.boolean().default(false).describe("The data is simulated; every report says so"),
    })
    .prefault({}),
  organisations: path
    .optional()
    .describe("Inventory CSV: cidr,realm,org_id,org,sector,subsector,valid_from,valid_to,source"),
  assets: path.optional().describe("Asset CSV: address,realm,name,role,criticality"),
  watchlists: z.array(z.union([path, watchlistSchema])).default([]),
  sensors: z.array(sensorSchema).default([]).describe("The first sensor whose path fits a file has seen it"),
  internal_networks: networks.describe("CIDR ranges on our side that no organisation of the inventory owns"),
  external_networks: networks.describe(
    "CIDR ranges of private space that are not on our side: a partner's, a laboratory's, those of an exercise's attackers",
  ),
  allow: z
    .strictObject({
      domains: z.array(z.string()).default([]).describe("Harmless domains, with everything below them"),
      networks: z.array(z.string()).default([]).describe("Harmless addresses and CIDR ranges"),
    })
    .prefault({}),
  home: z
    .strictObject({
      countries: z
        .array(country)
        .default([])
        .describe("ISO 3166-1 codes of the countries in which the watched organisations work"),
      time_zone: z
        .string()
        .refine(isTimeZone, "write an IANA time zone such as Asia/Phnom_Penh")
        .optional()
        .describe("Their clock, where they share one; otherwise it is estimated from their traffic"),
    })
    .prefault({})
    .describe(
      "Where the watched organisations stand: their own hours and holidays are the rival explanation",
    ),
  calendars: z
    .array(country)
    .optional()
    .describe(
      "ISO 3166-1 codes of the countries whose holidays are asked about, beside those of home; each one more makes the answer about all of them weaker",
    ),
  detectors: z
    .record(z.string(), detectorSchema)
    .default({})
    .describe("By detector id; see `longwatch detectors`"),
  sigma: z
    .strictObject({
      rules: z
        .array(path)
        .default([])
        .describe("Folders or files with Sigma rules that a hunt runs beside Longwatch's own"),
      log_sources: z
        .array(path)
        .default([])
        .describe(
          "YAML files that say where the events of further Sigma log sources stand; see docs/sigma.md",
        ),
    })
    .prefault({}),
  hijacklibs: path
    .optional()
    .describe(
      "Folder with a HijackLibs catalogue (YAML), for known pairs of DLL side-loading; relative to this file",
    ),
  knowledge: z
    .array(path)
    .default([])
    .describe(
      "Folders and files of knowledge beside Longwatch's own, such as the output of `longwatch knowledge import`; relative to this file",
    ),
  csv: z.array(csvMappingSchema).default([]).describe("CSV files of firewalls and other devices"),
  ingest: z
    .strictObject({
      exclude: z
        .array(glob)
        .default([])
        .describe("Files and folders to leave out, as globs like a sensor's path"),
    })
    .prefault({}),
});
export type ConfigFile = z.output<typeof configFileSchema>;

export interface WatchlistSetting {
  path: string;
  source: string | undefined;
  confidence: number | undefined;
  tlp: Tlp | undefined;
  owner: string | undefined;
  sharingGroup: string | undefined;
  validity: "as_given" | "open";
}

export interface SensorSetting {
  id: string;
  paths: readonly string[];
  realm: string;
  internal: readonly string[];
  tlp: Tlp;
  owner: string;
  sharingGroup: string;
}

/** Shaped like `CsvMapping` of the source port. */
export interface CsvMappingSetting {
  name: string;
  columns: Partial<Record<CsvField, string>>;
  delimiter: string;
  timeFormat: string;
  utcOffset: string;
}

export interface DetectorSetting {
  enabled: boolean;
  parameters: Readonly<Record<string, number>>;
}

export interface ConfiguredNetwork {
  cidr: string;
  realm: string;
}

/** The configuration as the program uses it: checked, with defaults, paths resolved against the file's folder. */
export interface Config {
  /** Undefined where there is no file and all is default. */
  file: string | undefined;
  case: { name: string; tlp: Tlp; synthetic: boolean };
  organisations: string | undefined;
  assets: string | undefined;
  watchlists: readonly WatchlistSetting[];
  sensors: readonly SensorSetting[];
  /** `realm` is `*` where the range is on our side everywhere. */
  internalNetworks: readonly ConfiguredNetwork[];
  /** On the other side although private, unless the inventory or an internal network has it. */
  externalNetworks: readonly ConfiguredNetwork[];
  allow: { domains: readonly string[]; networks: readonly string[] };
  home: { countries: readonly string[]; timeZone: string | undefined };
  /** Countries whose holidays are asked about; undefined where the file does not say. */
  calendars: readonly string[] | undefined;
  detectors: ReadonlyMap<string, DetectorSetting>;
  /** Folders and files with Sigma rules, beside our own. */
  sigmaRules: readonly string[];
  /** Files with log sources of Sigma, beside our own. */
  sigmaLogSources: readonly string[];
  /** Folder with a HijackLibs catalogue. */
  hijackLibs: string | undefined;
  /** Folders and files of knowledge on clusters, beside our own. */
  knowledge: readonly string[];
  csv: readonly CsvMappingSetting[];
  /** Globs of files that ingest leaves out. */
  exclude: readonly string[];
  /** What a person should know, e.g. that two sensors share a realm. */
  warnings: readonly string[];
  /** Where a key of the file stands, for errors that only later stages can find: `place(["detectors", "long-connection"])`. */
  place(path: readonly (string | number)[]): ErrorPlace;
}
