import { groupBy } from "../../kernel/group-by.js";
import type { OrganisationDirectory } from "../../model/organisation.js";
import { mergeDays } from "../shared/activity.js";
import type { Contact } from "./contacts.js";
import type { Relation } from "./relations.js";
import type { WatchedSighting } from "./resolve.js";
import type { Window } from "./windows.js";

/** Whether the watched address also stands for this sighting's connection, so that its flows are fetched with the address. */
export function isFollowed(
  sighting: WatchedSighting,
  windows: ReadonlyMap<string, readonly Window[]>,
): boolean {
  return (windows.get(sighting.server) ?? []).some((each) => each.port === 0 || each.port === sighting.port);
}

/** Flows and sightings as relations: each pair of ends, port and direction once, with all that is known of why it is watched. */
export function assembleRelations(
  contacts: readonly Contact[],
  sightings: readonly WatchedSighting[],
  windows: readonly Window[],
  directory: OrganisationDirectory,
): Relation[] {
  const byAddress = groupBy(windows, (each) => each.address);
  const relations = new Map<string, Relation>();
  for (const contact of contacts) {
    const why = (byAddress.get(contact.server) ?? []).filter((each) => applies(each, contact));
    relations.set(keyOf(contact.realm, contact.ours, contact.server, contact.port, contact.direction), {
      ...contact,
      channels: ["flow"],
      labels: unique(why.map((each) => each.label).filter((label) => label !== "")),
      indicators: unique(why.map((each) => each.indicator)),
      matchedBy: unique(why.map((each) => each.via)),
      proxied: false,
    });
  }
  for (const sighting of sightings.filter((each) => each.channel !== "dns")) {
    addNamed(relations, sighting, directory.isInternal(sighting.realm, sighting.server));
  }
  addLookups(
    relations,
    sightings.filter((each) => each.channel === "dns"),
  );
  return [...relations.values()];
}

function applies(window: Window, contact: Contact): boolean {
  if (contact.last < window.from || contact.first >= window.to) return false;
  return window.port === 0 || (contact.direction === "outbound" && window.port === contact.port);
}

function keyOf(...parts: (string | number)[]): string {
  return parts.join("|");
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}

function addNamed(relations: Map<string, Relation>, sighting: WatchedSighting, proxied: boolean): void {
  const key = keyOf(sighting.realm, sighting.ours, sighting.server, sighting.port, "outbound");
  const known = relations.get(key);
  if (known === undefined) {
    relations.set(key, { ...fromSighting(sighting), proxied });
    return;
  }
  // Where the flow log has the connection its counts stand; the sighting only adds hours that the flow log may lack.
  const counts = known.channels.includes("flow") ? 0 : 1;
  known.days = mergeDays([
    known.days,
    sighting.days.map((day) => ({
      ...day,
      connections: counts * day.connections,
      answered: counts * day.answered,
    })),
  ]);
  note(known, sighting);
}

function addLookups(relations: Map<string, Relation>, lookups: readonly WatchedSighting[]): void {
  const byHost = groupBy(
    [...relations.values()].filter((each) => each.direction === "outbound"),
    (each) => `${each.realm}|${each.ours}`,
  );
  for (const lookup of lookups) {
    const used = (byHost.get(`${lookup.realm}|${lookup.ours}`) ?? []).filter(
      (each) => each.server === lookup.server || each.labels.includes(lookup.label),
    );
    if (used.length > 0) {
      // Looking up is not contact: the days of the connection stand.
      for (const each of used) addReasons(each, lookup);
      continue;
    }
    const key = keyOf(lookup.realm, lookup.ours, lookup.label, "lookup");
    const known = relations.get(key);
    if (known !== undefined) {
      known.days = mergeDays([known.days, quiet(lookup)]);
      note(known, lookup);
    } else {
      relations.set(key, { ...fromSighting(lookup), server: "", port: 0, days: quiet(lookup) });
    }
  }
}

/** A look-up is no connection. */
function quiet(lookup: WatchedSighting) {
  return lookup.days.map((day) => ({ ...day, connections: 0, answered: 0 }));
}

function fromSighting(sighting: WatchedSighting): Relation {
  return {
    realm: sighting.realm,
    ours: sighting.ours,
    server: sighting.server,
    port: sighting.port,
    direction: "outbound",
    sensors: [...sighting.sensors],
    channels: [sighting.channel],
    labels: [sighting.label],
    days: sighting.days.map((day) => ({ ...day })),
    first: sighting.first,
    last: sighting.last,
    indicators: [sighting.indicator],
    matchedBy: [sighting.kind],
    proxied: false,
  };
}

function note(relation: Relation, sighting: WatchedSighting): void {
  relation.first = Math.min(relation.first, sighting.first);
  relation.last = Math.max(relation.last, sighting.last);
  relation.sensors = unique([...relation.sensors, ...sighting.sensors]);
  addReasons(relation, sighting);
}

function addReasons(relation: Relation, sighting: WatchedSighting): void {
  relation.channels = unique([...relation.channels, sighting.channel]);
  relation.labels = unique([...relation.labels, sighting.label]);
  relation.indicators = unique([...relation.indicators, sighting.indicator]);
  relation.matchedBy = unique([...relation.matchedBy, sighting.kind]);
}
