import { isIP } from "node:net";
import { groupBy, unique } from "../kernel/group-by.js";
import { joinItems } from "../kernel/lists.js";
import { HOUR, parseTime, rfc3339 } from "../kernel/time.js";
import {
  type AssessedOrganisation,
  likelihoodWord,
  ORG_STATUSES,
  type OrgStatus,
} from "../model/assessment.js";
import { nothingFoundSentence } from "../model/detection-limits-words.js";
import { severityRank } from "../model/finding.js";
import type { Organisation, OrganisationDirectory } from "../model/organisation.js";
import { isSupporting } from "../model/supporting.js";
import { relationText, severityText } from "../model/words.js";
import { countedRows, isUnassigned, type OrgBearing, sums } from "./attribute.js";
import { isEvidence, type Line, supportOf } from "./independence.js";
import type { AssessmentInput, ContactDay } from "./input.js";
import { hostKey } from "./machines.js";
import { organisationJudgements } from "./organisation-judgements.js";
import type { SensorState } from "./outages.js";
import { actsOf, spanOf, telling, withinReach } from "./reach.js";
import { say } from "./reason-messages.js";
import { statusOf } from "./status.js";
import { uploadsOf } from "./uploads.js";
import { coverage, weekRow } from "./weeks.js";

/** Sensors that carry less than this share of an organisation's connections saw it by accident and do not count as watching it. */
const MAIN_SENSOR_SHARE = 0.02;

/** An organisation as assessed, with what later parts need and the report does not. */
export interface OrganisationResult {
  assessed: AssessedOrganisation;
  lines: Line[];
  /** The contact that counts towards its volumes. */
  rows: ContactDay[];
  bearings: OrgBearing[];
  coverage: number;
}

export function assessOrganisations(
  input: AssessmentInput,
  bearings: readonly OrgBearing[],
  sensors: readonly SensorState[],
  weeks: readonly number[],
): OrganisationResult[] {
  const byOrg = groupBy(bearings, (each) => each.orgId);
  const ids = unique([...input.directory.organisations.keys(), ...unassignedOf(input, bearings, sensors)]);
  return ids
    .map((orgId) => assessOne(input, orgId, byOrg.get(orgId) ?? [], sensors, weeks))
    .sort(
      (a, b) =>
        ORG_STATUSES.indexOf(a.assessed.status) - ORG_STATUSES.indexOf(b.assessed.status) ||
        b.assessed.likelihood - a.assessed.likelihood ||
        b.assessed.bytes_out - a.assessed.bytes_out ||
        a.assessed.org_id.localeCompare(b.assessed.org_id),
    );
}

/** Without an inventory every realm stands for itself; with one, a realm only where findings concern hosts that it leaves out. */
function unassignedOf(
  input: AssessmentInput,
  bearings: readonly OrgBearing[],
  sensors: readonly SensorState[],
): string[] {
  const found = bearings.map((each) => each.orgId).filter((orgId) => isUnassigned(orgId));
  const realms =
    input.directory.organisations.size === 0 ? sensors.map((each) => `unassigned:${each.realm}`) : [];
  return unique([...found, ...realms]);
}

function assessOne(
  input: AssessmentInput,
  orgId: string,
  bearings: readonly OrgBearing[],
  sensors: readonly SensorState[],
  weeks: readonly number[],
): OrganisationResult {
  const organisation = organisationOf(input.directory, orgId);
  const watching = sensorsOf(input, orgId, sensors);
  const rows = countedRows(contactRows(bearings));
  const covered = spanCoverage(input, watching);
  const row = weekRow(weeks, rows, watching);
  const result = statusOf({
    bearings,
    sensors: watching.length,
    coverage: covered,
    activeWeeks: row.filter((week) => week.state === "active").length,
    detectorsRun: input.runs.filter((run) => run.status === "ran").length,
  });
  const total = sums(rows);
  const isAffected = result.status === "compromised" || result.status === "suspected";
  const evidence = telling(input, orgId, bearings, result.lines);
  const acts = actsOf(input, orgId, evidence);
  const reach = isAffected ? withinReach(input, orgId, acts) : null;
  const uploads = isAffected ? uploadsOf(orgId, result.lines, bearings) : null;
  const seen = seenSpan(bearings, rows, evidence);
  const assessed: AssessedOrganisation = {
    org_id: orgId,
    name: organisation.name,
    sector: organisation.sector,
    subsector: organisation.subsector,
    status: result.status,
    likelihood: result.likelihood,
    likelihood_word: result.status === "no_data" ? "not assessed" : likelihoodWord(result.likelihood),
    confidence: result.confidence,
    first_seen: seen === undefined ? null : rfc3339(seen.first),
    last_seen: seen === undefined ? null : rfc3339(seen.last),
    active_days: new Set(rows.map((each) => each.day)).size,
    bytes_out: total.bytesOut,
    bytes_in: total.bytesIn,
    hosts: hostsOf(input, rows, bearings, acts),
    within_reach: reach,
    uploads,
    judgements: [],
    findings: unique(bearings.map((each) => each.finding.id)),
    why: [...whyOf(result.why, bearings, result.lines), ...couldHide(input, orgId, result.status)],
    sensors: watching.map((each) => each.sensorId),
    weeks: row,
  };
  if (reach !== null && uploads !== null) {
    const judged = {
      organisation: assessed,
      lines: result.lines,
      bearings,
      coverage: covered,
      reach,
      uploads,
    };
    assessed.judgements = organisationJudgements(input, judged);
  }
  return { lines: result.lines, rows, bearings: [...bearings], coverage: covered, assessed };
}

/** What would have been found where nothing was; nothing where nobody measured it. */
function couldHide(input: AssessmentInput, orgId: string, status: OrgStatus): string[] {
  if (status !== "no_evidence" || input.detectionLimits === null) return [];
  return [nothingFoundSentence(input.detectionLimits, orgId)].filter((sentence) => sentence !== undefined);
}

function organisationOf(directory: OrganisationDirectory, orgId: string): Organisation {
  const known = directory.organisations.get(orgId);
  if (known !== undefined) return known;
  const name = isUnassigned(orgId)
    ? say("assessed.unassigned", orgId.slice("unassigned:".length) || "default")
    : orgId;
  return { orgId, name, sector: "", subsector: "" };
}

/** Sensors that saw the organisation's addresses; for unassigned hosts, those of the realm. */
function sensorsOf(input: AssessmentInput, orgId: string, sensors: readonly SensorState[]): SensorState[] {
  if (isUnassigned(orgId)) return sensors.filter((each) => `unassigned:${each.realm}` === orgId);
  const seen = input.gathered.visibility.filter((each) => each.orgId === orgId && each.connections > 0);
  const all = seen.reduce((sum, each) => sum + each.connections, 0);
  const main = new Set(
    seen.filter((each) => each.connections >= all * MAIN_SENSOR_SHARE).map((each) => each.sensorId),
  );
  return sensors.filter((each) => main.has(each.sensorId));
}

function spanCoverage(input: AssessmentInput, sensors: readonly SensorState[]): number {
  const { first, last } = input.gathered;
  if (first === undefined || last === undefined) return 0;
  return coverage(sensors, Math.floor(first / HOUR), Math.floor(last / HOUR) + 1).all;
}

/** The contact behind the evidence; where there is none, all contact that is no scan; where there is none either, the scans. */
export function contactRows(bearings: readonly OrgBearing[]): ContactDay[] {
  const contact = bearings.filter((each) => !isSupporting(each.finding));
  const tiers = [
    contact.filter((each) => isEvidence(each)),
    contact.filter((each) => each.kind !== "scanning"),
    contact,
  ];
  return (tiers.find((tier) => tier.length > 0) ?? []).flatMap((each) => each.rows);
}

/** From the contact that counts, and from evidence that no contact row shows, as hosts' own logs are; where there is no contact, from all findings. */
function seenSpan(
  bearings: readonly OrgBearing[],
  rows: readonly ContactDay[],
  evidence: readonly OrgBearing[],
): { first: number; last: number } | undefined {
  const contact = bearings.filter((each) => !isSupporting(each.finding));
  if (contact.length === 0) return undefined;
  const unseen = rows.length > 0 ? evidence.filter((each) => each.rows.length === 0) : contact;
  const spans = [
    ...rows,
    ...unseen.map(({ finding }) => ({
      first: parseTime(finding.first_seen),
      last: parseTime(finding.last_seen),
    })),
  ];
  return {
    first: spans.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY),
    last: spans.reduce((most, { last }) => Math.max(most, last), Number.NEGATIVE_INFINITY),
  };
}

type Acts = ReturnType<typeof actsOf>;

/** Hosts of the contact, most sent first; then those that findings alone name, as hosts' own logs do. Each with the findings that tell of it. */
function hostsOf(
  input: Pick<AssessmentInput, "directory" | "machine">,
  rows: readonly ContactDay[],
  bearings: readonly OrgBearing[],
  acts: Acts,
): AssessedOrganisation["hosts"] {
  const { directory, machine } = input;
  const keyOf = ({ realm, host }: ContactDay) => hostKey({ value: host, realm }, machine);
  const contact = bearings.filter((each) => !isSupporting(each.finding));
  const told = groupBy(
    [
      ...contact.flatMap((each) => unique(each.rows.map(keyOf)).map((key) => ({ key, id: each.finding.id }))),
      ...acts.map(({ entity, finding }) => ({ key: hostKey(entity, machine), id: finding.id })),
    ],
    ({ key }) => key,
  );
  const findings = (key: string) => unique((told.get(key) ?? []).map(({ id }) => id));
  const contacted = [...groupBy(rows, (row) => `${row.realm}|${row.host}`).values()]
    .map((own) => {
      const { realm, host } = own[0] as ContactDay;
      const asset = directory.asset(realm, host);
      const total = sums(own);
      return {
        address: host,
        realm,
        name: asset?.name ?? "",
        role: asset?.role ?? "",
        first_seen: rfc3339(Math.min(...own.map((row) => row.first))),
        last_seen: rfc3339(Math.max(...own.map((row) => row.last))),
        bytes_out: total.bytesOut,
        bytes_in: total.bytesIn,
        findings: findings(keyOf(own[0] as ContactDay)),
      };
    })
    .sort((a, b) => b.bytes_out - a.bytes_out || a.address.localeCompare(b.address));
  const known = new Set(rows.map(keyOf));
  const named = acts.filter(({ entity }) => !known.has(hostKey(entity, machine)));
  return [...contacted, ...namedHosts(input, named)];
}

/** Hosts that findings name: their address where one is known, and else '' beside the name. */
function namedHosts(
  { directory, machine }: Pick<AssessmentInput, "directory" | "machine">,
  acts: Acts,
): AssessedOrganisation["hosts"] {
  return [...groupBy(acts, ({ entity }) => hostKey(entity, machine)).values()]
    .map((list) => {
      const { realm = "", value } = (list[0] as (typeof list)[number]).entity;
      const values = [...list.map(({ entity }) => entity.value), machine(realm, value.toLowerCase())];
      const address = values.find((each) => isIP(each) !== 0) ?? "";
      const asset = directory.asset(realm, address);
      const spans = list.map(({ finding, entity }) => spanOf(finding, entity));
      return {
        address,
        realm,
        name: asset?.name || (values.find((each) => isIP(each) === 0) ?? ""),
        role: asset?.role ?? "",
        first_seen: rfc3339(
          spans.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
        ),
        last_seen: rfc3339(spans.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY)),
        bytes_out: 0,
        bytes_in: 0,
        findings: unique(list.map(({ finding }) => finding.id)),
      };
    })
    .sort((a, b) => (a.first_seen < b.first_seen ? -1 : 1));
}

function whyOf(rules: readonly string[], bearings: readonly OrgBearing[], lines: readonly Line[]): string[] {
  const contact = bearings
    .filter((each) => !isSupporting(each.finding))
    .sort((a, b) => b.finding.score - a.finding.score)
    .slice(0, 4)
    .map(({ finding, kind }) =>
      say("why.finding", finding.title, relationText(kind), severityText(finding.severity)),
    );
  const support = supportOf(lines, bearings).toSorted(
    (a, b) => severityRank(b.severity) - severityRank(a.severity) || b.score - a.score,
  );
  const titles = support.slice(0, 3).map(({ title }) => title);
  const supported = titles.length > 0 ? [say("why.support", support.length, joinItems(titles))] : [];
  return [...rules, ...contact, ...supported];
}
