import { isIP } from "node:net";
import { groupBy, unique } from "../../kernel/group-by.js";
import { contentId } from "../../kernel/ids.js";
import { parseTime } from "../../kernel/time.js";
import {
  type AssessedInfrastructure,
  type AssessedOrganisation,
  isActive,
  type Outage,
} from "../../model/assessment.js";
import { type Entity, type Finding, severityRank } from "../../model/finding.js";
import type { HostAlias } from "../../model/host-identity.js";
import type { CorrelationSummary } from "../../model/incident.js";
import { mayBlock } from "../../model/look-for.js";
import type { OrganisationDirectory } from "../../model/organisation.js";
import { RESPONSE_ACTIONS, type Response, type ResponseAction } from "../../model/recommendation.js";
import { isSupporting } from "../../model/supporting.js";
import { independentLines } from "../independence.js";
import { ACTED_ON, hostKey, hostsNamed, isOwnedBy, isWide, ON_THE_HOST } from "../machines.js";
import type { Affected, Happened } from "./happened.js";
import { strongestFirst } from "./harden.js";

const MOST_TARGETS = 40;

export const ISOLATING_DETECTORS: readonly string[] = [...ON_THE_HOST.keys()];
const ACTING_ACCOUNTS: ReadonlySet<string> = new Set(["hijacked", "account", "actor", "user", "maker"]);
/** Accounts of the system, of machines and of services by number (Unix): they have no password that anybody resets by hand. */
const BUILT_IN =
  /\$$|^\d{1,3}$|^nt authority\\|(^|\\)(system|local service|network service|dwm-\d+|umfd-\d+)$/i;

/** Techniques that take evidence away. */
const ERASES = /^T(1070|1562)(\.|$)/;

type Owners = Pick<OrganisationDirectory, "resolve">;

export interface Surroundings {
  infrastructure: readonly AssessedInfrastructure[];
  directory: Owners;
  /** One text for all names and addresses of a machine. */
  machine: HostAlias;
  /** What joins no findings. */
  popular: CorrelationSummary["popular"];
  /** Of that, hosts by their keys. */
  popularHosts: ReadonlySet<string>;
  outages: readonly Outage[];
  classes: Readonly<Record<string, number>>;
  /** End of the telemetry, milliseconds UTC. */
  last: number | undefined;
}

/** What to do now, per organisation, in the order of doing; within an action still active ones first, then as the assessment ranks them. */
export function respond(story: Happened, around: Surroundings): Response[] {
  const all = [...indicators(story, around), ...story.affected.flatMap((each) => forOne(each, around))];
  // Stable: the assessment's own order of organisations stays.
  return all.sort(
    (a, b) =>
      RESPONSE_ACTIONS.indexOf(a.action) - RESPONSE_ACTIONS.indexOf(b.action) ||
      Number(b.active) - Number(a.active),
  );
}

function response(
  action: ResponseAction,
  orgId: string | null,
  targets: readonly Entity[],
  active: boolean,
  findings: readonly Finding[],
): Response[] {
  if (findings.length === 0) return [];
  return [
    {
      id: `response-${contentId(action, orgId ?? "").slice(0, 12)}`,
      action,
      org_id: orgId,
      targets: targets.slice(0, MOST_TARGETS),
      more: Math.max(0, targets.length - MOST_TARGETS),
      active,
      findings: strongestFirst(unique(findings)),
    },
  ];
}

function indicators(story: Happened, { infrastructure, popular }: Surroundings): Response[] {
  const byId = new Map(story.findings.map((each) => [each.id, each]));
  const about = (action: ResponseAction, takes: (item: AssessedInfrastructure) => boolean) => {
    const items = infrastructure.filter((each) => takes(each) && each.findings.some((id) => byId.has(id)));
    const findings = items.flatMap((each) => each.findings.flatMap((id) => byId.get(id) ?? []));
    const targets = items.map(({ kind, value }): Entity => ({ kind, value }));
    return response(action, null, targets, false, findings);
  };
  return [
    ...about("block-confirmed", (item) => item.basis === "confirmed" && mayBlock(item, popular)),
    ...about("check-suspected", (item) => item.basis === "suspected"),
    ...about("search-shared", (item) => item.basis === "confirmed" && !mayBlock(item, popular)),
  ];
}

function forOne({ organisation, findings }: Affected, around: Surroundings): Response[] {
  const { org_id: orgId } = organisation;
  const last = findings.reduce((most, each) => Math.max(most, parseTime(each.last_seen)), 0);
  const active = around.last !== undefined && isActive(last, around.last);
  const make = (action: ResponseAction, targets: readonly Target[]) =>
    response(
      action,
      orgId,
      byWeight(targets),
      active,
      targets.map(({ finding }) => finding),
    );
  const hosts = (some: readonly Finding[], takes: (entity: Entity) => boolean) =>
    hostsOf(some, orgId, around, takes);
  const acted = (entity: Entity) => ACTED_ON.has(entity.role ?? "");
  const onHosts = hosts(findings.filter(isOnHosts), ({ role }) => role === "victim").filter(
    (each) => ON_THE_HOST.get(each.finding.detector) === "host" || !around.popularHosts.has(each.key),
  );
  const isolated = [...groupBy(onHosts, ({ key }) => key).values()].filter(isBorneOut).flat();
  const names = new Set(isolated.map(({ key }) => key));
  const others = hosts(findings, (entity) => acted(entity) || entity.role === "target")
    .filter(({ key }) => !names.has(key))
    .map((each): Target => ({ ...each, reason: reasonOf(each) }));
  // What is not grave and names dozens is looked at where nothing else tells where to begin.
  const narrow = others.filter(({ finding }) => !isWide(finding));
  const reached = assetsReached(organisation, findings, around.machine).filter(({ key }) => !names.has(key));
  const examined = [...narrow, ...reached];
  const erased = findings.filter(({ attack }) => attack.some((each) => ERASES.test(each)));
  const blind = (around.classes.windows_event ?? 0) === 0;
  const gaps = around.outages.filter((each) => organisation.sensors.includes(each.sensor_id));
  return [
    ...make("preserve-logs", hosts(erased, acted)),
    ...make("isolate-hosts", isolated),
    ...make("reset-accounts", accountsOf(findings, orgId, around.directory)),
    ...make("examine-hosts", examined.length > 0 ? examined : others),
    ...make("collect-host-logs", blind ? hosts(findings, acted) : []),
    ...(gaps.length > 0 ? response("fill-outages", orgId, [], active, findings) : []),
  ];
}

/** From a detector that sees what is on a host, about few of them or grave, and not resting on what others suspect. */
function isOnHosts(finding: Finding): boolean {
  return ON_THE_HOST.has(finding.detector) && !isSupporting(finding) && !isWide(finding);
}

/** Whether what is said of one host is enough to take it off the network: a finding of `high` and above, or two independent lines, as for an organisation to be called compromised. */
function isBorneOut(list: readonly Target[]): boolean {
  const findings = list.map(({ finding }) => finding);
  return (
    findings.some(({ severity }) => severityRank(severity) >= severityRank("high")) ||
    independentLines(findings.map((finding) => ({ finding, kind: "repeated" }))).length > 1
  );
}

/** Something to act on, with the finding that says so. Spellings of one host or account have one key. */
interface Target {
  key: string;
  entity: Entity;
  finding: Finding;
  /** How much the finding says of it, where that is not told by how many it names. */
  weight?: number;
  /** Why a host is examined. */
  reason?: Reason;
}

/**
 * Why a host is examined, what an incident's responder needs first before all else: hosts on which somebody acts; assets that others depend on or that hold data, to which somebody's way
 * led; hosts where such a way begins; such assets that affected hosts were in contact with, as every day; hosts that somebody merely passed or that what only supports names.
 */
const REASONS = ["acts", "asset", "origin", "contact", "passed"] as const;
type Reason = (typeof REASONS)[number];

/** Detectors that tell of ways between hosts: that a host lies on one says nothing of what was done there. */
const OF_WAYS: ReadonlySet<string> = new Set(["lateral-movement", "scan"]);

function reasonOf({ entity: { role }, finding }: Target): Reason {
  if (isSupporting(finding)) return "passed";
  if (role === "origin" || role === "source") return "origin";
  return role === "victim" && !OF_WAYS.has(finding.detector) ? "acts" : "passed";
}

function hostsOf(
  findings: readonly Finding[],
  orgId: string,
  { directory, machine }: Pick<Surroundings, "directory" | "machine">,
  takes: (entity: Entity) => boolean,
): Target[] {
  return findings.flatMap((finding) =>
    finding.entities
      .filter((each) => each.kind === "host" && takes(each) && isOwnedBy(each, finding, orgId, directory))
      .map((entity) => ({ key: hostKey(entity, machine), entity, finding })),
  );
}

function accountsOf(findings: readonly Finding[], orgId: string, directory: Owners): Target[] {
  return findings.flatMap((finding) =>
    finding.entities
      .filter(
        (each) =>
          each.kind === "account" &&
          ACTING_ACCOUNTS.has(each.role ?? "") &&
          !BUILT_IN.test(each.value) &&
          isOwnedBy(each, finding, orgId, directory),
      )
      .map((entity) => ({ key: accountKey(entity), entity, finding })),
  );
}

/** `DOMAIN\name` and `name` of one realm: findings of logs that leave the domain out mean the same account. */
function accountKey({ value, realm }: Entity): string {
  return `${realm ?? ""}|${value.toLowerCase().replace(/^.*\\/, "").replace(/@.*$/, "")}`;
}

/** Assets that a way led to, and those that hosts with findings were in contact with: whoever was on those hosts could have gone there. */
function assetsReached(
  { within_reach: reach }: AssessedOrganisation,
  findings: readonly Finding[],
  machine: HostAlias,
): Target[] {
  return (reach?.assets ?? []).flatMap(({ address, name, realm, criticality, ways }) => {
    const ids = new Set(ways.flatMap((each) => each.findings));
    const finding = findings.find(({ id }) => ids.has(id));
    if (finding === undefined) return [];
    const entity: Entity = { kind: "host", value: name || address, realm };
    const reason = ways.every(({ way }) => way === "contact") ? "contact" : "asset";
    return [{ key: hostKey(entity, machine), entity, finding, weight: criticality / 10, reason }];
  });
}

/** How much a finding says of one of the hosts that it names. */
const weightOf = (finding: Finding) => severityRank(finding.severity) / Math.max(1, hostsNamed(finding));

/** Once each, by name where it has one, in the longest spelling: in the order of {@link REASONS}, then that of which findings say most (the graver and the fewer others they name). */
function byWeight(targets: readonly Target[]): Entity[] {
  return [...groupBy(targets, ({ key }) => key)]
    .map(([key, list]) => {
      const [longest] = list
        .map(({ entity }) => entity)
        .sort(
          (a, b) =>
            Number(isIP(a.value) > 0) - Number(isIP(b.value) > 0) ||
            b.value.length - a.value.length ||
            (a.value < b.value ? -1 : 1),
        ) as [Entity];
      const { kind, value, realm } = longest;
      // Once for each finding; what an asset's criticality says comes on top.
      const said = new Map(
        list.map(({ finding, weight }) =>
          weight === undefined ? [finding.id, weightOf(finding)] : ["", weight],
        ),
      );
      const weight = [...said.values()].reduce((sum, each) => sum + each, 0);
      const reason = Math.min(...list.map((each) => REASONS.indexOf(each.reason ?? "acts")));
      return {
        key,
        weight,
        reason,
        entity: { kind, value, ...(realm !== undefined && { realm }) } as Entity,
      };
    })
    .sort((a, b) => a.reason - b.reason || b.weight - a.weight || (a.key < b.key ? -1 : 1))
    .map(({ entity }) => entity);
}
