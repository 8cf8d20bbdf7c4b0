import { getDomain } from "tldts";
import { groupBy } from "../../kernel/group-by.js";
import { HOUR } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { type ActiveDay, activeHours } from "../shared/activity.js";
import { isPublicAddress } from "../shared/endpoint.js";
import {
  addressesInNetworks,
  certificateSightings,
  certificatesAt,
  fingerprintSightings,
  nameSightings,
  namesAt,
  type Sighting,
} from "./sightings.js";
import { indicatorsOfName, type Watch } from "./watch.js";
import { type Interval, stays, type Window } from "./windows.js";

export type SightingKind = "name" | "certificate" | "fingerprint";

/** A sighting that falls into the validity of an indicator. */
export interface WatchedSighting extends Sighting {
  indicator: number;
  kind: SightingKind;
}

export interface Resolution {
  windows: Window[];
  sightings: WatchedSighting[];
  /** Addresses that watched names or certificates led to and that others share, with the number of other domains. */
  shared: Map<string, number>;
  /** Fingerprints that too many hosts show, with the number of hosts. */
  common: Map<string, number>;
  /** Certificates found on watched servers and followed to others, with the watched address. */
  followedCertificates: Map<string, string>;
  namesMatched: number;
}

/** The hours of `days` that lie within an interval. */
export function clipDays(days: readonly ActiveDay[], within: Interval): ActiveDay[] {
  return days.flatMap((each) => {
    let mask = 0;
    for (let hour = 0; hour < 24; hour++) {
      const start = (each.day * 24 + hour) * HOUR;
      if (start + HOUR > within.from && start < within.to) mask |= each.mask & (1 << hour);
    }
    return mask === 0 ? [] : [{ ...each, mask }];
  });
}

function withinValidity(
  watch: Watch,
  sighting: Sighting,
  indicators: readonly number[],
  kind: SightingKind,
): WatchedSighting[] {
  return indicators.flatMap((indicator) => {
    const { validFrom, validTo } = watch.indicators[indicator] ?? { validFrom: 0, validTo: 0 };
    const days = clipDays(sighting.days, { from: validFrom, to: validTo });
    const hours = activeHours(days);
    if (hours.length === 0) return [];
    return [
      {
        ...sighting,
        days,
        first: Math.max(sighting.first, (hours[0] as number) * HOUR),
        last: Math.min(sighting.last, ((hours.at(-1) as number) + 1) * HOUR),
        indicator,
        kind,
      },
    ];
  });
}

/** Everything on the watch list as addresses over time, plus the sightings that count by themselves. */
export async function resolveWatch(context: DetectContext, watch: Watch): Promise<Resolution> {
  const names = (await nameSightings(context, watch)).flatMap((each) =>
    withinValidity(watch, each, indicatorsOfName(watch, each.label), "name"),
  );
  const certificates = (await certificateSightings(context, [...watch.certificates.keys()])).flatMap((each) =>
    withinValidity(watch, each, watch.certificates.get(each.label) ?? [], "certificate"),
  );
  const { kept: fingerprints, common } = await watchedFingerprints(context, watch);
  const listed = await listedWindows(context, watch);
  const { windows: learnt, shared } = await learntWindows(context, watch, [...names, ...certificates]);
  const windows = [...listed, ...learnt];
  const pivot = await followCertificates(context, watch, windows);
  return {
    windows: [...windows, ...pivot.windows],
    sightings: [...names, ...certificates, ...fingerprints, ...pivot.sightings],
    shared,
    common,
    followedCertificates: pivot.followed,
    namesMatched: new Set(names.map((each) => each.label)).size,
  };
}

async function watchedFingerprints(
  context: DetectContext,
  watch: Watch,
): Promise<{ kept: WatchedSighting[]; common: Map<string, number> }> {
  const all = await fingerprintSightings(context, [...new Set([...watch.ja3.keys(), ...watch.ja4.keys()])]);
  const common = new Map<string, number>();
  const kept: WatchedSighting[] = [];
  for (const [label, list] of groupBy(all, (each) => each.label)) {
    const hosts = new Set(list.map((each) => `${each.realm}|${each.ours}`)).size;
    if (hosts > context.parameter("fingerprint_hosts")) {
      common.set(label, hosts);
      continue;
    }
    const indicators = [...(watch.ja3.get(label) ?? []), ...(watch.ja4.get(label) ?? [])];
    kept.push(...list.flatMap((each) => withinValidity(watch, each, indicators, "fingerprint")));
  }
  return { kept, common };
}

/** Windows of the addresses and networks that stand on the list themselves. */
async function listedWindows(context: DetectContext, watch: Watch): Promise<Window[]> {
  const validity = (indicator: number): Interval => ({
    from: watch.indicators[indicator]?.validFrom ?? 0,
    to: watch.indicators[indicator]?.validTo ?? 0,
  });
  const windows: Window[] = watch.addresses.map((each) => ({
    ...validity(each.indicator),
    ...each,
    via: "address" as const,
    label: "",
  }));
  const byNetwork = groupBy(watch.networks, (each) => `${each.network}/${each.prefix}`);
  for (const hit of await addressesInNetworks(context, watch.networks)) {
    if (!isPublicAddress(hit.address) || context.allow.address(hit.address)) continue;
    for (const { indicator } of byNetwork.get(`${hit.network}/${hit.prefix}`) ?? []) {
      windows.push({
        ...validity(indicator),
        address: hit.address,
        port: 0,
        indicator,
        via: "network",
        label: "",
      });
    }
  }
  return windows;
}

/** Registrable domains that an address serves beside those of the watch list. */
export function otherDomains(names: readonly string[], watched: ReadonlySet<string>): number {
  const domains = new Set(names.map((name) => registrable(name)).filter((domain) => domain !== null));
  return [...domains].filter((domain) => !watched.has(domain)).length;
}

/** The domain somebody registered; on `github.io` and the like, the customer's own part counts. */
export function registrable(name: string): string | null {
  return getDomain(name, { allowPrivateDomains: true });
}

/**
 * Addresses behind watched names and certificates: for the time in which they pointed there, and never where the address also serves
 * others (their visitors are not the watched server's).
 */
async function learntWindows(
  context: DetectContext,
  watch: Watch,
  sightings: readonly WatchedSighting[],
): Promise<{ windows: Window[]; shared: Map<string, number> }> {
  const usable = sightings.filter(
    (each) =>
      isPublicAddress(each.server) &&
      !context.directory.isInternal(each.realm, each.server) &&
      !context.allow.address(each.server),
  );
  const watchedDomains = new Set(
    [...watch.names.keys(), ...watch.wildcards.keys()].map((name) => registrable(name) ?? name),
  );
  const limit = context.parameter("shared_hosting_domains");
  const shared = new Map<string, number>();
  for (const [address, names] of await namesAt(context, [...new Set(usable.map((each) => each.server))])) {
    const others = otherDomains(names, watchedDomains);
    if (others > limit) shared.set(address, others);
  }
  const windows: Window[] = [];
  const groups = groupBy(
    usable.filter((each) => !shared.has(each.server)),
    (each) => `${each.indicator}|${each.label}|${each.server}`,
  );
  for (const list of groups.values()) {
    const { indicator, label, server, kind } = list[0] as WatchedSighting;
    const { validFrom, validTo } = watch.indicators[indicator] ?? { validFrom: 0, validTo: 0 };
    const spans = stays(
      activeHours(list.flatMap((each) => each.days)),
      context.parameter("name_gap_days") * 24,
      context.parameter("name_margin_hours"),
      { from: validFrom, to: validTo },
    );
    const via = kind === "certificate" ? ("certificate" as const) : ("name" as const);
    windows.push(...spans.map((span) => ({ ...span, address: server, port: 0, indicator, via, label })));
  }
  return { windows, shared };
}

/**
 * One step beyond the list: a certificate that a watched server presents, and hardly anyone else, shows the same server at its next
 * address. Certificates of hosting and content networks appear at many addresses and are not followed.
 */
async function followCertificates(
  context: DetectContext,
  watch: Watch,
  windows: readonly Window[],
): Promise<{ windows: Window[]; sightings: WatchedSighting[]; followed: Map<string, string> }> {
  const none = { windows: [], sightings: [], followed: new Map<string, string>() };
  const byAddress = groupBy(
    windows.filter((each) => each.via !== "network"),
    (each) => each.address,
  );
  const origins = new Map<string, Window>();
  for (const seen of await certificatesAt(context, [...byAddress.keys()])) {
    if (watch.certificates.has(seen.fingerprint)) continue;
    const origin = byAddress
      .get(seen.address)
      ?.find((window) => seen.last >= window.from && seen.first <= window.to);
    if (origin !== undefined && !origins.has(seen.fingerprint)) origins.set(seen.fingerprint, origin);
  }
  if (origins.size === 0) return none;
  const all = await certificateSightings(context, [...origins.keys()]);
  const limit = context.parameter("certificate_addresses");
  const sightings: WatchedSighting[] = [];
  const followed = new Map<string, string>();
  for (const [fingerprint, list] of groupBy(all, (each) => each.label)) {
    const origin = origins.get(fingerprint);
    const addresses = new Set(list.map((each) => each.server));
    if (origin === undefined || addresses.size > limit) continue;
    const elsewhere = list.filter((each) => !byAddress.has(each.server));
    if (elsewhere.length > 0) followed.set(fingerprint, origin.address);
    sightings.push(
      ...elsewhere.flatMap((each) => withinValidity(watch, each, [origin.indicator], "certificate")),
    );
  }
  const { windows: found } = await learntWindows(context, watch, sightings);
  return { windows: found, sightings, followed };
}
