import { basename } from "node:path";
import type { AllowList } from "../detect/port.js";
import { type Config, type ConfiguredNetwork, DEFAULT_REALM } from "../model/config.js";
import type { Indicator } from "../model/indicator.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import { readAssets } from "./inventory/assets.js";
import { InventoryDirectory, type Network } from "./inventory/directory.js";
import {
  EVERYWHERE,
  type InventoryRange,
  organisationsOf,
  readOrganisations,
} from "./inventory/organisations.js";
import { parseAddress } from "./net/address.js";
import { type Prefix, parsePrefix } from "./net/prefix.js";
import { PrefixTrie } from "./net/prefix-trie.js";
import { quoted, Warnings } from "./text/problems.js";
import { readText } from "./text/read-text.js";
import { didYouMean } from "./text/suggest.js";
import { Collector } from "./watchlist/collect.js";
import { mergeIndicators } from "./watchlist/merge.js";
import { readWatchlist, type WatchlistFormat } from "./watchlist/read.js";
import { refang } from "./watchlist/refang.js";

/** Confidence of an indicator about which neither its source nor the configuration says anything. */
const UNSAID_CONFIDENCE = 0.5;

/** A range of the configuration, which was checked when it was loaded. */
function prefixOf(cidr: string): Prefix[] {
  const parsed = parsePrefix(refang(cidr));
  return parsed === undefined ? [] : [parsed.prefix];
}

function networks(configured: readonly ConfiguredNetwork[]): Network[] {
  return configured.flatMap(({ cidr, realm }) => prefixOf(cidr).map((prefix) => ({ prefix, realm })));
}

function internalNetworks(config: Config): Network[] {
  const ofSensors = config.sensors.flatMap(({ internal, realm }) =>
    internal.map((cidr) => ({ cidr, realm })),
  );
  return networks([...config.internalNetworks, ...ofSensors]);
}

/** A realm that no sensor has resolves nothing: nearly always a slip of the pen. */
function warnOfRealms(config: Config, used: Iterable<string>, file: string, warnings: Warnings): void {
  const known = new Set(config.sensors.map((sensor) => sensor.realm));
  if (known.size === 0) known.add(DEFAULT_REALM);
  for (const realm of new Set(used)) {
    if (realm === EVERYWHERE || known.has(realm)) continue;
    const hint = didYouMean(realm, known) || `; sensors have ${[...known].map(quoted).join(", ")}`;
    warnings.add(
      `${file}: no configured sensor has the realm ${quoted(realm)}${hint}. Its lines count for no telemetry`,
    );
  }
}

/**
 * Organisations, assets and internal networks of a configuration.
 * @throws LongwatchError LW_INVENTORY with all bad lines of the first bad file.
 */
export function buildDirectory(config: Config): OrganisationDirectory {
  const warnings = new Warnings();
  let ranges: InventoryRange[] = [];
  if (config.organisations !== undefined) {
    ranges = readOrganisations(
      readText(config.organisations, "LW_INVENTORY"),
      config.organisations,
      warnings,
    );
    warnOfRealms(
      config,
      ranges.map((range) => range.realm),
      config.organisations,
      warnings,
    );
  }
  const organisations = organisationsOf(ranges, config.organisations ?? "", warnings);
  const assets =
    config.assets === undefined
      ? []
      : readAssets(readText(config.assets, "LW_INVENTORY"), config.assets, warnings);
  if (config.assets !== undefined) {
    warnOfRealms(
      config,
      assets.map((asset) => asset.realm),
      config.assets,
      warnings,
    );
  }
  return new InventoryDirectory({
    organisations,
    ranges,
    assets,
    internal: internalNetworks(config),
    external: networks(config.externalNetworks),
    warnings: warnings.list(),
  });
}

export interface LoadedList {
  path: string;
  format: WatchlistFormat;
  /** Values read; `kept` of them are usable, `refused` would have matched the world or our own side. */
  read: number;
  kept: number;
  refused: number;
}

export interface Watchlists {
  /** One for each kind and value, over all lists. */
  indicators: Indicator[];
  lists: LoadedList[];
  warnings: string[];
}

/**
 * All lists of watched infrastructure of a configuration.
 * @throws LongwatchError LW_WATCHLIST with all bad lines of the first bad list.
 */
export function loadWatchlists(config: Config): Watchlists {
  const warnings = new Warnings();
  const indicators: Indicator[] = [];
  const lists = config.watchlists.map((setting): LoadedList => {
    const defaults = {
      source: setting.source ?? basename(setting.path),
      confidence: setting.confidence ?? UNSAID_CONFIDENCE,
      tlp: setting.tlp ?? config.case.tlp,
      owner: setting.owner ?? "",
      sharingGroup: setting.sharingGroup ?? "",
      openValidity: setting.validity === "open",
    };
    const collector = new Collector(defaults, warnings, setting.tlp);
    const format = readWatchlist(readText(setting.path, "LW_WATCHLIST"), setting.path, collector);
    if (collector.indicators.length === 0)
      warnings.add(`${setting.path}: the list holds nothing that can be watched`);
    for (const indicator of collector.indicators) indicators.push(indicator);
    return {
      path: setting.path,
      format,
      read: collector.read,
      kept: collector.indicators.length,
      refused: collector.refused,
    };
  });
  return { indicators: mergeIndicators(indicators), lists, warnings: warnings.list() };
}

/** What the user declares harmless. */
export function buildAllowList(config: Config): AllowList {
  const domains = new Set(config.allow.domains);
  const networks = new PrefixTrie<true>();
  for (const prefix of config.allow.networks.flatMap(prefixOf)) networks.add(prefix, true);
  return {
    domain(name) {
      for (let rest = name.toLowerCase().replace(/\.+$/, ""); rest !== ""; ) {
        if (domains.has(rest)) return true;
        const dot = rest.indexOf(".");
        rest = dot < 0 ? "" : rest.slice(dot + 1);
      }
      return false;
    },
    address(ip) {
      const address = parseAddress(ip);
      return address !== undefined && networks.covering(address).length > 0;
    },
  };
}
