import { existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { DetectorManifest } from "../detect/port.js";
import { LongwatchError } from "../kernel/errors.js";
import {
  type Config,
  type ConfigFile,
  type ConfiguredNetwork,
  configFileSchema,
  DEFAULT_REALM,
  type SensorSetting,
  type WatchlistSetting,
} from "../model/config.js";
import { type ConfigIssue, configIssues } from "./config-issues.js";
import { knownConfigKeys } from "./config-keys.js";
import { EVERYWHERE } from "./inventory/organisations.js";
import { parsePrefix } from "./net/prefix.js";
import { Problems, quoted } from "./text/problems.js";
import { didYouMean } from "./text/suggest.js";
import { canonicalHostname, publicSuffix } from "./watchlist/hostname.js";
import { refang } from "./watchlist/refang.js";
import { parseYaml, readYaml, type YamlFile } from "./yaml-file.js";

type Path = readonly (string | number)[];

/** Checks that a schema cannot make; collects, and throws all at once. */
class Checks {
  readonly issues: ConfigIssue[] = [];

  constructor(readonly folder: string) {}

  add(path: Path, message: string): void {
    this.issues.push({ path, message });
  }

  /** The path as the program can open it. */
  file(path: Path, name: string): string {
    const resolved = this.#resolve(name);
    if (!existsSync(resolved)) this.#missing(path, "file", name);
    else if (!statSync(resolved).isFile()) this.add(path, `${quoted(name)} is not a file`);
    return resolved;
  }

  folderOf(path: Path, name: string): string {
    const resolved = this.#resolve(name);
    if (!existsSync(resolved)) this.#missing(path, "folder", name);
    else if (!statSync(resolved).isDirectory()) this.add(path, `${quoted(name)} is not a folder`);
    return resolved;
  }

  fileOrFolder(path: Path, name: string): string {
    const resolved = this.#resolve(name);
    if (!existsSync(resolved)) this.#missing(path, "file or folder", name);
    return resolved;
  }

  #resolve(name: string): string {
    return isAbsolute(name) ? name : join(this.folder, name);
  }

  #missing(path: Path, what: string, name: string): void {
    this.add(
      path,
      `the ${what} ${quoted(name)} does not exist (paths are relative to the folder of longwatch.yaml: ${quoted(this.folder)})`,
    );
  }

  network(path: Path, text: string): string {
    const parsed = parsePrefix(refang(text));
    if (parsed === undefined)
      this.add(path, `${quoted(text)} is not an address or CIDR range: write it like 10.0.0.0/8`);
    else if (parsed.prefix.length === 0) this.add(path, `${quoted(text)} is every address there is`);
    return text;
  }

  domain(path: Path, text: string): string {
    const host = canonicalHostname(refang(text).replace(/^(?:\*\.|\.)/, ""));
    if (host === undefined) this.add(path, `${quoted(text)} is not a domain`);
    else if (publicSuffix(host) === "icann")
      this.add(path, `${quoted(text)} is a public suffix: it would allow every domain below it`);
    return host ?? text;
  }
}

function networksOf(
  file: ConfigFile,
  key: "internal_networks" | "external_networks",
  checks: Checks,
): ConfiguredNetwork[] {
  return file[key].map((entry, index) =>
    typeof entry === "string"
      ? { cidr: checks.network([key, index], entry), realm: EVERYWHERE }
      : { cidr: checks.network([key, index, "cidr"], entry.cidr), realm: entry.realm },
  );
}

function sensorsOf(file: ConfigFile, checks: Checks): SensorSetting[] {
  const ids = new Set<string>();
  return file.sensors.map((sensor, index) => {
    const path = ["sensors", index] as const;
    if (ids.has(sensor.id)) checks.add([...path, "id"], `the sensor ${quoted(sensor.id)} stands twice`);
    ids.add(sensor.id);
    if (sensor.realm === EVERYWHERE)
      checks.add([...path, "realm"], `a sensor sees one realm: "${EVERYWHERE}" is for inventory lines`);
    return {
      id: sensor.id,
      paths: typeof sensor.path === "string" ? [sensor.path] : sensor.path,
      realm: sensor.realm ?? DEFAULT_REALM,
      internal: sensor.internal.map((cidr, at) => checks.network([...path, "internal", at], cidr)),
      tlp: sensor.tlp ?? file.case.tlp,
      owner: sensor.owner ?? "",
      sharingGroup: sensor.sharing_group ?? "",
    };
  });
}

function watchlistsOf(file: ConfigFile, checks: Checks): WatchlistSetting[] {
  return file.watchlists.map((entry, index) => {
    const list = typeof entry === "string" ? { path: entry, validity: "as_given" as const } : entry;
    const place = typeof entry === "string" ? ["watchlists", index] : ["watchlists", index, "path"];
    return {
      path: checks.file(place, list.path),
      source: list.source,
      confidence: list.confidence,
      tlp: list.tlp,
      owner: list.owner,
      sharingGroup: list.sharing_group,
      validity: list.validity,
    };
  });
}

function realmWarnings(file: ConfigFile, name: string): string[] {
  const unsaid = file.sensors
    .filter((sensor) => sensor.realm === undefined)
    .map((sensor) => quoted(sensor.id));
  if (unsaid.length < 2) return [];
  return [
    `${name}: the sensors ${unsaid.join(", ")} name no realm and so share the realm "${DEFAULT_REALM}": if they stand in different organisations, the same private address will be taken for one host`,
  ];
}

function resolveConfig(file: ConfigFile, name: string | undefined, yaml: YamlFile, checks: Checks): Config {
  return {
    file: name,
    case: file.case,
    organisations:
      file.organisations === undefined ? undefined : checks.file(["organisations"], file.organisations),
    assets: file.assets === undefined ? undefined : checks.file(["assets"], file.assets),
    watchlists: watchlistsOf(file, checks),
    sensors: sensorsOf(file, checks),
    internalNetworks: networksOf(file, "internal_networks", checks),
    externalNetworks: networksOf(file, "external_networks", checks),
    allow: {
      domains: file.allow.domains.map((domain, index) => checks.domain(["allow", "domains", index], domain)),
      networks: file.allow.networks.map((cidr, index) => checks.network(["allow", "networks", index], cidr)),
    },
    home: { countries: file.home.countries, timeZone: file.home.time_zone },
    calendars: file.calendars,
    detectors: new Map(Object.entries(file.detectors)),
    sigmaRules: file.sigma.rules.map((name, index) => checks.fileOrFolder(["sigma", "rules", index], name)),
    sigmaLogSources: file.sigma.log_sources.map((name, index) =>
      checks.file(["sigma", "log_sources", index], name),
    ),
    hijackLibs: file.hijacklibs === undefined ? undefined : checks.folderOf(["hijacklibs"], file.hijacklibs),
    knowledge: file.knowledge.map((name, index) => checks.fileOrFolder(["knowledge", index], name)),
    csv: file.csv.map((mapping) => ({
      name: mapping.name,
      columns: mapping.columns,
      delimiter: mapping.delimiter,
      timeFormat: mapping.time_format,
      utcOffset: mapping.utc_offset,
    })),
    exclude: file.ingest.exclude,
    warnings: name === undefined ? [] : realmWarnings(file, name),
    place: (path) => (name === undefined ? {} : { file: name, line: yaml.lineOf(path) }),
  };
}

function throwIssues(issues: readonly ConfigIssue[], file: string, yaml: YamlFile): void {
  const problems = new Problems("LW_CONFIG", file);
  for (const { path, message } of issues) problems.add(yaml.lineOf(path), message);
  problems.throwIfAny();
}

/** Reads configuration text. `file` names it in messages; its folder is where relative paths begin. */
function parseConfig(yaml: YamlFile, file: string | undefined): Config {
  const shown = file ?? "longwatch.yaml";
  const parsed = configFileSchema.safeParse(yaml.value ?? {});
  if (!parsed.success) {
    throwIssues(configIssues(parsed.error.issues, knownConfigKeys), shown, yaml);
    throw new LongwatchError("LW_CONFIG", "is not a Longwatch configuration: start from `longwatch init`", {
      file: shown,
    });
  }
  const checks = new Checks(file === undefined ? "." : dirname(file));
  const config = resolveConfig(parsed.data, file, yaml, checks);
  throwIssues(checks.issues, shown, yaml);
  return config;
}

/**
 * The configuration of a case; all defaults where there is no file.
 * @throws LongwatchError LW_CONFIG with file and line of everything that is wrong with it.
 */
export function loadConfig(file: string | undefined): Config {
  return file === undefined
    ? parseConfig(parseYaml("", "", "LW_CONFIG"), undefined)
    : parseConfig(readYaml(file, "LW_CONFIG"), file);
}

/** The configuration that lies in a hunted folder, if one does. */
export function findConfig(folder: string): string | undefined {
  return ["longwatch.yaml", "longwatch.yml"]
    .map((name) => join(folder, name))
    .find((file) => existsSync(file));
}

/**
 * Holds the `detectors` section against the detectors that there are.
 * @throws LongwatchError LW_CONFIG for unknown detectors and parameters.
 */
export function checkDetectors(config: Config, manifests: readonly DetectorManifest[]): void {
  const problems = new Problems("LW_CONFIG", config.file ?? "longwatch.yaml");
  const known = new Map(manifests.map((manifest) => [manifest.id, Object.keys(manifest.parameters)]));
  for (const [id, setting] of config.detectors) {
    const parameters = known.get(id);
    const line = (path: Path): number => config.place(path).line ?? 1;
    if (parameters === undefined) {
      problems.add(
        line(["detectors", id]),
        `there is no detector ${quoted(id)}${didYouMean(id, known.keys())}; \`longwatch detectors\` lists them`,
      );
      continue;
    }
    for (const parameter of Object.keys(setting.parameters)) {
      if (parameters.includes(parameter)) continue;
      const hint = didYouMean(parameter, parameters) || `; it has ${parameters.join(", ") || "none"}`;
      problems.add(
        line(["detectors", id, "parameters", parameter]),
        `${id} has no parameter ${quoted(parameter)}${hint}`,
      );
    }
  }
  problems.throwIfAny();
}
