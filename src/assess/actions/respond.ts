import { isIP } from "node:net";
import { groupBy, unique } from "../../kernel/group-by.js";
import { contentId } from "../../kernel/ids.js";
import { parseTime } from "../../kernel/time.js";
import { type AssessedInfrastructure, isActive, type Outage } from "../../model/assessment.js";
import { type Entity, type Finding, severityRank } from "../../model/finding.js";
import type { HostAlias } from "../../model/host-identity.js";
import type { OrganisationDirectory } from "../../model/organisation.js";
import { RESPONSE_ACTIONS, type Response, type ResponseAction } from "../../model/recommendation.js";
import { isSupporting } from "../../model/supporting.js";
import { unassignedId } from "../attribute.js";
import type { Affected, Happened } from "./happened.js";
import { strongestFirst } from "./harden.js";

const MOST_TARGETS = 40;

/** Hosts on which something happened, and from which others were reached. */
const ACTED_ON: ReadonlySet<string> = new Set(["victim", "source", "origin"]);

/**
 * Detectors by what shows them that somebody's code or session is on the host that they call `victim`: traffic that only a program there can cause, or what ran
 * and was written there. All others say that a host was reached, tried, asked about or administered (lateral-movement, account-hijack, discovery-burst,
 * log-tampering, scan): a reason to look, and none to take it off the network.
 */
const ON_THE_HOST: ReadonlyMap<string, "traffic" | "host"> = new Map([
  ["backup-exfiltration", "traffic"],
  ["beaconing", "traffic"],
  ["cloud-masquerade", "traffic"],
  ["dns-tunnel", "traffic"],
  ["failed-beacon", "traffic"],
  ["false-protocol", "traffic"],
  ["infrastructure-contact", "traffic"],
  ["dll-sideload", "host"],
  ["persistence-mechanism", "host"],
  ["phishing-delivery", "host"],
  ["process-anomaly", "host"],
  ["registry-anomaly", "host"],
  ["removable-media-worm", "host"],
  ["script-host-abuse", "host"],
  ["sigma", "host"],
  ["staging-and-exfiltration", "host"],
  ["web-shell", "host"],
]);
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
  /** Hosts that serve everyone (domain controllers, resolvers, proxies): traffic of theirs may be others' traffic. */
  popular: readonly string[];
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

function indicators(story: Happened, { infrastructure }: Surroundings): Response[] {
  const byId = new Map(story.findings.map((each) => [each.id, each]));
  const ofBasis = (action: ResponseAction, basis: AssessedInfrastructure["basis"]) => {
    const items = infrastructure.filter(
      (each) => each.basis === basis && each.findings.some((id) => byId.has(id)),
    );
    const findings = items.flatMap((each) => each.findings.flatMap((id) => byId.get(id) ?? []));
    const targets = items.map(({ kind, value }): Entity => ({ kind, value }));
    return response(action, null, targets, false, findings);
  };
  return [...ofBasis("block-confirmed", "confirmed"), ...ofBasis("check-suspected", "suspected")];
}

function forOne({ organisation, findings }: Affected, around: Surroundings): Response[] {
  const { org_id: orgId } = organisation;
  const last = findings.reduce((most, each) => Math.max(most, parseTime(each.last_seen)), 0);
  const active = around.last !== undefined && isActive(last, around.last);
  const make = (action: ResponseAction, targets: readonly Target[]) =>
    response(
      action,
      orgId,
      byMentions(targets),
      active,
      targets.map(({ finding }) => finding),
    );
  const hosts = (some: readonly Finding[], takes: (entity: Entity) => boolean) =>
    hostsOf(some, orgId, around, takes);
  const acted = (entity: Entity) => ACTED_ON.has(entity.role ?? "");
  const isPopular = ({ key, entity: { realm } }: Target) =>
    around.popular.some((value) => hostKey({ value, realm }, around.machine) === key);
  const isolated = hosts(findings.filter(isGrave), ({ role }) => role === "victim").filter(
    (each) => ON_THE_HOST.get(each.finding.detector) === "host" || !isPopular(each),
  );
  const names = new Set(isolated.map(({ key }) => key));
  const others = hosts(findings, (entity) => acted(entity) || entity.role === "target").filter(
    ({ key }) => !names.has(key),
  );
  const erased = findings.filter(({ attack }) => attack.some((each) => ERASES.test(each)));
  const blind = (around.classes.windows_event ?? 0) === 0;
  const gaps = around.outages.filter((each) => organisation.sensors.includes(each.sensor_id));
  return [
    ...make("preserve-logs", hosts(erased, acted)),
    ...make("isolate-hosts", isolated),
    ...make("reset-accounts", accountsOf(findings, orgId, around.directory)),
    ...make("examine-hosts", others),
    ...make("collect-host-logs", blind ? hosts(findings, acted) : []),
    ...(gaps.length > 0 ? response("fill-outages", orgId, [], active, findings) : []),
  ];
}

/** Of `high` and above, from a detector that sees what is on a host, and not resting on what others suspect. */
function isGrave(finding: Finding): boolean {
  return (
    severityRank(finding.severity) >= severityRank("high") &&
    ON_THE_HOST.has(finding.detector) &&
    !isSupporting(finding)
  );
}

/** Something to act on, with the finding that says so. Spellings of one host or account have one key. */
interface Target {
  key: string;
  entity: Entity;
  finding: Finding;
}

function hostsOf(
  findings: readonly Finding[],
  orgId: string,
  { directory, machine }: Pick<Surroundings, "directory" | "machine">,
  takes: (entity: Entity) => boolean,
): Target[] {
  return findings.flatMap((finding) =>
    finding.entities
      .filter((each) => each.kind === "host" && takes(each) && isOf(each, finding, orgId, directory))
      .map((entity) => ({ key: hostKey(entity, machine), entity, finding })),
  );
}

/** Names and addresses of one machine have one key, and so do `PC1.example.org` and `pc1` of one realm. */
function hostKey({ value, realm = "" }: Pick<Entity, "value" | "realm">, machine: HostAlias): string {
  const one = machine(realm, value.toLowerCase());
  return `${realm}|${isIP(one) === 0 ? one.split(".")[0] : one}`;
}

function accountsOf(findings: readonly Finding[], orgId: string, directory: Owners): Target[] {
  return findings.flatMap((finding) =>
    finding.entities
      .filter(
        (each) =>
          each.kind === "account" &&
          ACTING_ACCOUNTS.has(each.role ?? "") &&
          !BUILT_IN.test(each.value) &&
          isOf(each, finding, orgId, directory),
      )
      .map((entity) => ({ key: accountKey(entity), entity, finding })),
  );
}

/** `DOMAIN\name` and `name` of one realm: findings of logs that leave the domain out mean the same account. */
function accountKey({ value, realm }: Entity): string {
  return `${realm ?? ""}|${value.toLowerCase().replace(/^.*\\/, "").replace(/@.*$/, "")}`;
}

/** A finding about a server names hosts of many organisations. */
function isOf({ value, realm = "" }: Entity, finding: Finding, orgId: string, directory: Owners): boolean {
  if (finding.org_id !== null) return finding.org_id === orgId;
  const owner = directory.resolve(realm, value, parseTime(finding.last_seen))?.orgId;
  return (owner ?? unassignedId(realm)) === orgId;
}

/** Once each, that of most findings first, by name where it has one, in the longest spelling. */
function byMentions(targets: readonly Target[]): Entity[] {
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
      const mentions = unique(list.map(({ finding }) => finding.id)).length;
      return { key, mentions, entity: { kind, value, ...(realm !== undefined && { realm }) } as Entity };
    })
    .sort((a, b) => b.mentions - a.mentions || (a.key < b.key ? -1 : 1))
    .map(({ entity }) => entity);
}
