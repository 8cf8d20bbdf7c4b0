import { groupBy, unique } from "../../kernel/group-by.js";
import { DAY } from "../../kernel/time.js";
import type { Organisation } from "../../model/organisation.js";
import { weekCount } from "../shared/activity.js";
import type { DailyContact } from "../shared/contacts.js";
import { siteOf } from "../shared/site.js";
import { conversations, keptPorts } from "./conversations.js";
import type { ServerFacts } from "./score.js";
import { type PortCommonness, unitsOf } from "./units.js";

/** One server with what each organisation did there. */
export interface Weighed {
  server: string;
  names: string[];
  facts: ServerFacts;
  /** Conversations on any port, by organisation; '' are hosts of no organisation. */
  byOrganisation: Map<string, DailyContact[]>;
  oddPorts: ReadonlySet<number>;
}

export type OwnerOf = (contact: DailyContact) => Organisation | undefined;

/** @param contacts of one server */
export function weigh(
  server: string,
  names: string[],
  contacts: readonly DailyContact[],
  commonness: PortCommonness,
  ownerOf: OwnerOf,
  allOrganisations: number,
): Weighed {
  const spoken = conversations(contacts);
  const units = unitsOf(keptPorts(spoken), commonness);
  const oddPorts = new Set(units.filter(({ points }) => points > 0).flatMap(({ ports }) => ports));
  const byOrganisation = groupBy(spoken, (each) => ownerOf(each)?.orgId ?? "");
  const onOdd = spoken.filter(({ port }) => oddPorts.has(port));
  const owned = onOdd.filter((each) => ownerOf(each) !== undefined);
  const owners = new Map(owned.map((each) => [ownerOf(each)?.orgId ?? "", ownerOf(each)]));
  const days = unique(onOdd.map(({ day }) => Math.round(day / DAY))).sort((a, b) => a - b);
  const total = (value: (contact: DailyContact) => number): number =>
    onOdd.reduce((sum, each) => sum + value(each), 0);
  return {
    server,
    names,
    byOrganisation,
    oddPorts,
    facts: {
      units,
      points: units.reduce((sum, each) => sum + each.points, 0),
      inCommon: units.filter(({ points, ports }) => {
        const users = owned.filter(({ port }) => ports.includes(port)).map((each) => ownerOf(each)?.orgId);
        return points > 0 && new Set(users).size >= 2;
      }).length,
      organisations: owners.size,
      hosts: new Set(owned.map(({ realm, client }) => `${realm} ${client}`)).size,
      trades: new Set([...owners.values()].flatMap((each) => tradeOf(each))).size,
      organisationsOnAnyPort: [...byOrganisation.keys()].filter((org) => org !== "").length,
      allOrganisations,
      days: days.length,
      weeks: weekCount(days),
      spanDays: days.length === 0 ? 0 : (days.at(-1) as number) - (days[0] as number) + 1,
      bytesOut: total(({ bytesOut }) => bytesOut),
      bytesIn: total(({ bytesIn }) => bytesIn),
      restrictedNames: names.length > 0 && names.every((name) => siteOf(name)?.restricted === true),
    },
  };
}

/**
 * An organisation's line of business. Government is none: ministries without a stated field are one by one their own. Nothing where the
 * inventory says nothing.
 */
function tradeOf(organisation: Organisation | undefined): string[] {
  if (organisation === undefined || organisation.sector === "") return [];
  const { orgId, sector, subsector } = organisation;
  if (subsector !== "") return [`${sector}/${subsector}`];
  return [sector.startsWith("government") ? `organisation ${orgId}` : sector];
}
