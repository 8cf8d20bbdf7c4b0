import { isIP } from "node:net";
import { groupBy, unique } from "../kernel/group-by.js";
import { parseTime, rfc3339 } from "../kernel/time.js";
import { type Entity, type Finding, severityRank } from "../model/finding.js";
import type { Asset } from "../model/organisation.js";
import { isSupporting } from "../model/supporting.js";
import { REACH_WAYS, type ReachedAsset, type WithinReach } from "../model/within-reach.js";
import { type OrgBearing, unassignedId } from "./attribute.js";
import { isEvidence, type Line } from "./independence.js";
import type { AssessmentInput, AssetContact } from "./input.js";
import { ACTED_ON, hostKey, isOwnedBy, isWide, ON_THE_HOST, popularHosts } from "./machines.js";
import { tellsOfHosts } from "./together.js";

type Way = ReachedAsset["ways"][number];

/** Workstations and other machines hold what others want where the list calls them critical. */
const CRITICAL = 4;

/** What data is kept on, or what opens the way to it. */
export function holdsData({ role, criticality }: Asset): boolean {
  return (role !== "workstation" && role !== "other") || criticality >= CRITICAL;
}

/** A host that a finding shows acts on, and the span in which findings do. Milliseconds UTC. */
export interface ActedSpan {
  realm: string;
  host: string;
  from: number;
  to: number;
}

/**
 * One span for each host in findings of `medium` and above that are evidence by themselves: by address where the asset list gives it to the name, else in each spelling.
 */
export function actedSpans(findings: readonly Finding[], assets: readonly Asset[] = []): ActedSpan[] {
  const addressOf = addressesOf(assets);
  const all = findings
    .filter(
      (each) => severityRank(each.severity) >= severityRank("medium") && !isSupporting(each) && !isWide(each),
    )
    .flatMap((finding) =>
      actedOn(finding).map((entity) => ({
        realm: entity.realm ?? "",
        host: addressOf(entity),
        ...spanOf(finding, entity),
      })),
    );
  return [...groupBy(all, ({ realm, host }) => `${realm}|${host}`).values()].map((list) => {
    const { realm, host } = list[0] as ActedSpan;
    return {
      realm,
      host,
      from: list.reduce((least, each) => Math.min(least, each.from), Number.POSITIVE_INFINITY),
      to: list.reduce((most, each) => Math.max(most, each.to), Number.NEGATIVE_INFINITY),
    };
  });
}

/** Addresses by the names of the asset list, in full or, where one machine alone of the address plan begins so, without the domain. */
function addressesOf(assets: readonly Asset[]): (host: Pick<Entity, "value" | "realm">) => string {
  const named = assets.filter(({ name }) => name !== "");
  const keyed = named.flatMap((asset) => {
    const name = asset.name.toLowerCase();
    return unique([name, name.split(".")[0] as string]).map((each) => ({
      key: `${asset.realm}|${each}`,
      asset,
    }));
  });
  const byName = groupBy(keyed, ({ key }) => key);
  return ({ value, realm = "" }) => {
    const known = byName.get(`${realm}|${value.toLowerCase()}`) ?? [];
    const addresses = unique(known.map(({ asset }) => asset.address));
    return isIP(value) === 0 && addresses.length === 1 ? (addresses[0] as string) : value;
  };
}

export function actedOn({ entities }: Finding): Entity[] {
  return entities.filter(({ kind, role }) => kind === "host" && ACTED_ON.has(role ?? ""));
}

/** When the finding has to do with this host: of findings that gather acts, the parts that name it. */
export function spanOf(finding: Finding, { value }: Entity): { from: number; to: number } {
  const parts = (finding.parts ?? []).filter(({ entities }) => entities.some((each) => each.value === value));
  const spans = parts.length > 0 ? parts : [finding];
  return {
    from: Math.min(...spans.map((each) => parseTime(each.first_seen))),
    to: Math.max(...spans.map((each) => parseTime(each.last_seen))),
  };
}

/** Assets of an organisation that were, or could have been, within reach of whoever its evidence is about. Access is no theft. */
export function withinReach(
  input: Pick<AssessmentInput, "directory" | "machine" | "gathered" | "correlation" | "findings">,
  orgId: string,
  acted: ReturnType<typeof actsOf>,
): WithinReach {
  const { directory, gathered } = input;
  const at = gathered.last ?? 0;
  const owner = (realm: string, address: string) =>
    directory.resolve(realm, address, at)?.orgId ?? unassignedId(realm);
  const own = new Set(directory.assets.filter(({ realm, address }) => owner(realm, address) === orgId));
  const told = acted.flatMap(({ finding, entity }) => {
    const asset = assetOf(input, entity);
    return asset !== undefined && own.has(asset) ? [{ asset, way: toldWay(finding, entity) }] : [];
  });
  const byHost = groupBy(acted, ({ entity }) => hostKey(entity, input.machine));
  const steps = stepsOn(input, orgId, byHost).filter(({ asset }) => own.has(asset));
  const contacts = gathered.assetContacts.flatMap((contact) => {
    const { realm, host } = contact;
    const acts = byHost.get(hostKey({ value: host, realm }, input.machine));
    const asset = directory.asset(realm, contact.asset);
    if (acts === undefined || asset === undefined || !own.has(asset)) return [];
    if (assetOf(input, { value: host, realm }) === asset) return [];
    return [
      {
        asset,
        way: contactWay(
          contact,
          acts.map(({ finding }) => finding),
        ),
      },
    ];
  });
  const reached = [...groupBy([...told, ...steps, ...contacts], ({ asset }) => asset)]
    .filter(([asset]) => holdsData(asset))
    .map(([{ address, realm, name, role, criticality }, list]) => ({
      address,
      realm,
      name,
      role,
      criticality,
      ways: merged(list.map(({ way }) => way)),
    }));
  return { listed: own.size > 0, assets: reached.sort(bySeriousness) };
}

type Act = ReturnType<typeof actsOf>[number];

/**
 * Where weak findings of the organisation's incidents lead on from hosts on which others show acts, once these have begun: a move or a use of an account that is too usual to
 * be evidence by itself, and is none of a stranger's where it comes from such a host.
 */
function stepsOn(
  input: Pick<AssessmentInput, "directory" | "machine" | "correlation" | "findings">,
  orgId: string,
  acts: ReadonlyMap<string, Act[]>,
): { asset: Asset; way: Way }[] {
  const own = input.correlation.incidents.filter(({ org_ids }) => org_ids.includes(orgId));
  const joined = new Set(own.flatMap(({ findings }) => findings));
  const weak = input.findings.filter(
    (each) => joined.has(each.id) && each.severity === "low" && !isSupporting(each),
  );
  return weak.flatMap((finding) =>
    (finding.parts ?? []).flatMap((part) => {
      const at = parseTime(part.last_seen);
      const from = part.entities
        .filter(({ role }) => role === "origin" || role === "source")
        .flatMap((entity) => {
          const before = (acts.get(hostKey(entity, input.machine)) ?? []).filter(
            (act) => act.finding !== finding && spanOf(act.finding, act.entity).from <= at,
          );
          return before.map((act) => ({ host: entity.value, id: act.finding.id }));
        });
      if (from.length === 0) return [];
      const way: Way = {
        way: "stepped_to",
        hosts: unique(from.map(({ host }) => host)),
        connections: 0,
        first_seen: part.first_seen,
        last_seen: part.last_seen,
        findings: unique([finding.id, ...from.map(({ id }) => id)]),
      };
      return part.entities
        .filter(({ role }) => role === "victim" || role === "target")
        .flatMap((entity) => assetOf(input, entity) ?? [])
        .map((asset) => ({ asset, way }));
    }),
  );
}

/**
 * Evidence that says what happened at the organisation: the strongest finding of each line, on which the status rests, and what tells of hosts by itself ({@link tellsOfHosts}).
 * A finding of dozens of hosts says little of one.
 */
export function telling(
  { correlation }: Pick<AssessmentInput, "correlation">,
  orgId: string,
  bearings: readonly OrgBearing[],
  lines: readonly Line[],
): OrgBearing[] {
  const leading = new Set(lines.map(({ finding }) => finding));
  const tells = tellsOfHosts(orgId, correlation.incidents);
  return bearings.filter(
    (each) => isEvidence(each) && !isWide(each.finding) && (leading.has(each.finding) || tells(each.finding)),
  );
}

/** What such evidence shows on the organisation's hosts. Traffic of a host that serves everyone may be somebody else's. */
export function actsOf(
  { directory, machine, correlation }: Pick<AssessmentInput, "directory" | "machine" | "correlation">,
  orgId: string,
  evidence: readonly OrgBearing[],
): { finding: Finding; entity: Entity }[] {
  const popular = popularHosts(correlation.summary.popular, machine);
  return unique(evidence.map(({ finding }) => finding)).flatMap((finding) =>
    actedOn(finding)
      .filter(
        (entity) =>
          isOwnedBy(entity, finding, orgId, directory) &&
          !(ON_THE_HOST.get(finding.detector) === "traffic" && popular.has(hostKey(entity, machine))),
      )
      .map((entity) => ({ finding, entity })),
  );
}

function assetOf(
  { directory, machine }: Pick<AssessmentInput, "directory" | "machine">,
  { value, realm = "" }: Pick<Entity, "value" | "realm">,
): Asset | undefined {
  return directory.asset(realm, machine(realm, value.toLowerCase()));
}

/** Most critical first; of equals those that findings show, then those that were merely in contact. */
function bySeriousness(a: ReachedAsset, b: ReachedAsset): number {
  const rank = ({ ways }: ReachedAsset) => Math.min(...ways.map(({ way }) => REACH_WAYS.indexOf(way)));
  return (
    b.criticality - a.criticality ||
    rank(a) - rank(b) ||
    (`${a.realm}|${a.address}` < `${b.realm}|${b.address}` ? -1 : 1)
  );
}

function toldWay(finding: Finding, entity: Entity): Way {
  const { from, to } = spanOf(finding, entity);
  const isActed = entity.role !== "victim" || ON_THE_HOST.has(finding.detector);
  const near = (finding.parts ?? []).filter(({ entities }) =>
    entities.some(({ value }) => value === entity.value),
  );
  const others = (near.length > 0 ? near.flatMap(({ entities }) => entities) : finding.entities).filter(
    ({ kind, role, value }) =>
      kind === "host" && (role === "origin" || role === "source") && value !== entity.value,
  );
  return {
    way: isActed ? "acted_on" : "reached",
    hosts: isActed ? [] : byName(others.map(({ value }) => value)),
    connections: 0,
    first_seen: rfc3339(from),
    last_seen: rfc3339(to),
    findings: [finding.id],
  };
}

function contactWay({ host, connections, first, last }: AssetContact, findings: readonly Finding[]): Way {
  return {
    way: "contact",
    hosts: [host],
    connections,
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    findings: unique(findings.map(({ id }) => id)),
  };
}

/** One entry for each way. */
function merged(ways: readonly Way[]): Way[] {
  return REACH_WAYS.flatMap((way) => {
    const own = ways.filter((each) => each.way === way);
    if (own.length === 0) return [];
    const times = (of: (each: Way) => string) => own.map(of).sort();
    return [
      {
        way,
        hosts: byName(own.flatMap(({ hosts }) => hosts)),
        connections: own.reduce((sum, each) => sum + each.connections, 0),
        first_seen: times((each) => each.first_seen)[0] as string,
        last_seen: times((each) => each.last_seen).at(-1) as string,
        findings: unique(own.flatMap(({ findings }) => findings)),
      },
    ];
  });
}

/** Names before addresses, each in its own order. */
function byName(hosts: readonly string[]): string[] {
  return unique(hosts).sort((a, b) => Math.sign(isIP(a)) - Math.sign(isIP(b)) || (a < b ? -1 : 1));
}
