import { groupBy, unique } from "../../kernel/group-by.js";
import type { Statements } from "../../kernel/statements.js";
import type { AssessedSchedule } from "../../model/assessed-schedule.js";
import type { AssessedOrganisation, Assessment } from "../../model/assessment.js";
import type { Attribution } from "../../model/attribution.js";
import type { DetectionLimits } from "../../model/detection-limits.js";
import {
  type Entity,
  type Explanation,
  type ExplanationArg,
  type Finding,
  textArgument,
} from "../../model/finding.js";
import { type Campaign, type Incident, tacticName } from "../../model/incident.js";
import type { OrganisationJudgement } from "../../model/organisation-judgement.js";
import type { Replay } from "../../model/replay.js";
import { saidOf } from "../../model/statements.js";
import { redactArgument } from "./arguments.js";
import type { Audience } from "./audience.js";
import { redactRecommendations } from "./recommendations.js";
import { Retelling } from "./retelling.js";
import { namedBy, scrubbed, scrubbedComponents } from "./scrub.js";

/** The assessment as the reader may see it. @param findings as they were redacted @param original as they were */
export function redactAssessment(
  assessment: Assessment,
  findings: readonly Finding[],
  original: readonly Finding[],
  audience: Audience,
): Assessment {
  const byId = new Map(original.map((each) => [each.id, each]));
  const about = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  // Whom and what the sentences about all organisations name.
  const spoken = [
    ...assessment.organisations.flatMap(({ name, uploads }) => [name, ...namedBy(uploads)]),
    ...assessment.telemetry.sensors.map(({ sensor_id }) => sensor_id),
    ...assessment.schedules.map(({ subject }) => subject.name),
  ];
  const titles = new Map(findings.map(({ id, title }) => [id, title]));
  const titlesOf = (ids: readonly string[]) => unique(ids.flatMap((id) => titles.get(audience.id(id)) ?? []));
  const { telemetry, correlation } = assessment;
  const retelling = new Retelling(assessment.statements, audience);
  const ofCorrelation = new Retelling(correlation.statements, audience);
  const said = saidOf(findings);
  const redacted: Assessment = {
    ...assessment,
    case: caseName(assessment, audience),
    telemetry: {
      ...telemetry,
      outages: telemetry.outages
        .map((each) => ({ ...each, sensor_id: audience.scrub(each.sensor_id) }))
        .sort((a, b) => compare(a.from, b.from) || compare(a.sensor_id, b.sensor_id)),
      sensors: telemetry.sensors
        .map((each) => ({
          ...each,
          sensor_id: audience.scrub(each.sensor_id),
          realm: audience.realm(each.realm),
        }))
        .sort((a, b) => compare(a.sensor_id, b.sensor_id)),
    },
    organisations: tiesByPseudonym(
      assessment.organisations.map((each) => redactOrganisation(each, about(each.findings), retelling)),
    ),
    infrastructure: assessment.infrastructure.map((item) => ({
      ...item,
      value: audience.infrastructure.has(item.value) ? item.value : audience.value(item.kind, item.value),
      organisations: audience.orgs(item.organisations),
      why: titlesOf(item.findings).slice(0, 6),
      findings: item.findings.map((id) => audience.id(id)),
    })),
    links: assessment.links.map(({ from, to, ...link }) => ({
      ...link,
      from: endOfLink(from, assessment, audience),
      to: endOfLink(to, assessment, audience),
    })),
    incidents: assessment.incidents.map((each) =>
      redactIncident(each, { titles, said }, about(each.findings), audience),
    ),
    campaigns: assessment.campaigns.map((each) => redactCampaign(each, audience)),
    correlation: ofCorrelation.kept({
      ...correlation,
      standing_alone: correlation.standing_alone.map((id) => audience.id(id)),
      popular: correlation.popular.map(({ why, ...each }) => ({
        ...audience.entity(each),
        why: ofCorrelation.sentence(why, []),
      })),
    }),
    schedules: assessment.schedules.map((schedule) => {
      const { subject } = schedule;
      const isInside = subject.kind === "account";
      const ofSchedule = new Retelling(schedule.statements, audience);
      return ofSchedule.kept({
        ...scrubbed(schedule, ofSchedule, [{ value: subject.name }]),
        words: redactWords(schedule, ofSchedule),
        id: audience.pseudonyms.of("finding", schedule.id),
        subject: {
          ...scrubbed(subject, ofSchedule),
          name: isInside ? audience.value("account", subject.name) : audience.scrub(subject.name),
          organisations: audience.orgs(subject.organisations),
          part_of: subject.part_of === null ? null : audience.pseudonyms.of("finding", subject.part_of),
        },
        home: schedule.home,
      });
    }),
    attribution: assessment.attribution.map((each) => redactAttribution(each, audience)),
    replay: assessment.replay && redactReplay(assessment.replay, audience),
    detection_limits:
      assessment.detection_limits && redactDetectionLimits(assessment.detection_limits, audience),
    judgements: assessment.judgements.map((each) => ({
      ...each,
      statement: retelling.sentence(each.statement, spoken),
      confidence_statement: retelling.sentence(each.confidence_statement, spoken),
      findings: each.findings.map((id) => audience.id(id)),
    })),
    recommendations: redactRecommendations(assessment.recommendations, audience),
    not_assessed: assessment.not_assessed.map(({ what, why }) => ({
      what: retelling.sentence(what, spoken),
      why: retelling.sentence(why, []),
    })),
    detectors: assessment.detectors.map((each) => {
      const own = new Retelling(each.statements, audience);
      return own.kept({ ...each, reason: own.sentence(each.reason, []) });
    }),
    caveats: caveats(assessment, retelling),
  };
  return retelling.kept(redacted, said);
}

/** An analyst named the case, in words that nobody can check. */
function caseName({ organisations, case: name }: Assessment, audience: Audience): string {
  const reader = organisations.find(({ org_id }) => audience.isReaders(org_id));
  return reader === undefined ? audience.pseudonyms.of("case", name) : `Report for ${reader.name}`;
}

/** What sentences about hosts, assets, uploads and means say is the story that others are not told. */
const TELLING: ReadonlySet<OrganisationJudgement["about"]> = new Set(["means", "hosts", "reach", "volume"]);

function redactOrganisation(
  organisation: AssessedOrganisation,
  about: readonly Finding[],
  retelling: Retelling,
): AssessedOrganisation {
  const { audience } = retelling;
  const findings = organisation.findings.map((id) => audience.id(id));
  if (audience.isReaders(organisation.org_id))
    return { ...scrubbed(organisation, retelling, about), org_id: organisation.org_id, findings };
  const pseudonym = audience.org(organisation.org_id);
  return {
    ...organisation,
    org_id: pseudonym,
    name: pseudonym,
    subsector: "",
    hosts: organisation.hosts.map((host) => ({
      ...host,
      address: audience.pseudonyms.of("host", host.realm, host.address || host.name),
      realm: audience.realm(host.realm),
      name: "",
      findings: host.findings.map((id) => audience.id(id)),
    })),
    // Which of its machines hold what is the story itself.
    within_reach: null,
    uploads: null,
    judgements: organisation.judgements
      .filter(({ about }) => !TELLING.has(about))
      .map(({ about, statement, findings: ids }) => ({
        about,
        statement: retelling.explanation(statement),
        findings: ids.map((id) => audience.id(id)),
      })),
    findings,
    why: organisation.why.length > 0 ? [retelling.say("redacted.withheld")] : [],
    sensors: organisation.sensors.map((id) => audience.scrub(id)),
  };
}

/**
 * Gravest first, as they were; those between which the assessment chose by their ids, by their pseudonyms: dozens in which nothing was found would else stand in
 * the order of an inventory that the reader may have.
 */
function tiesByPseudonym(organisations: readonly AssessedOrganisation[]): AssessedOrganisation[] {
  const runs = groupBy(organisations, ({ status, likelihood, bytes_out }) =>
    JSON.stringify([status, likelihood, bytes_out]),
  );
  return [...runs.values()].flatMap((run) => run.sort((a, b) => compare(a.org_id, b.org_id)));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function redactWords({ words, subject }: AssessedSchedule, retelling: Retelling): AssessedSchedule["words"] {
  const say = (text: string) => retelling.sentence(text, [subject.name]);
  const { likelihood, confidence, paragraph } = words;
  return {
    ...words,
    likelihood: say(likelihood),
    confidence: say(confidence),
    paragraph: say(paragraph),
  };
}

/** Ends of links are organisations or infrastructure. */
function endOfLink(end: string, { organisations }: Assessment, audience: Audience): string {
  if (audience.infrastructure.has(end)) return end;
  return organisations.some(({ org_id }) => org_id === end) ? audience.org(end) : audience.scrub(end);
}

function redactIncident(
  incident: Incident,
  { titles, said }: { titles: ReadonlyMap<string, string>; said: Statements },
  about: readonly Finding[],
  audience: Audience,
): Incident {
  const named = namedBy([incident, about]);
  const retelling = new Retelling(incident.statements, audience);
  const components = scrubbedComponents(incident.components, retelling, named);
  const ids = (list: readonly string[]) => list.map((id) => audience.id(id));
  const campaign = incident.campaign_id === null ? null : audience.id(incident.campaign_id);
  if (audience.isReadersAlone(incident.org_ids))
    return retelling.kept({ ...scrubbed(incident, retelling, about), components, campaign_id: campaign });
  const [org = "nobody"] = incident.org_ids;
  const hosts = incident.hosts.map((host) => audience.value("host", host));
  const tactics = incident.tactics.map(tacticName);
  const whose = { type: "organisation" as const, value: audience.org(org), org: audience.org(org) };
  const found = { type: "number" as const, value: incident.findings.length };
  const redacted: Incident = {
    ...incident,
    id: audience.id(incident.id),
    title: retelling.say("redacted.incident.title", whose, {
      ...(tactics.length > 0
        ? textArgument(tactics.join(", "))
        : { type: "said", value: retelling.say("redacted.incident.findings", found) }),
    }),
    components,
    org_ids: audience.orgs(incident.org_ids),
    hosts,
    accounts: incident.accounts.map((account) => audience.value("account", account)),
    findings: ids(incident.findings),
    members: incident.members.map((member) => ({
      ...member,
      finding: audience.id(member.finding),
      from: member.from === null ? null : audience.id(member.from),
      via: member.via === null ? null : audience.entity(member.via),
    })),
    steps: incident.steps.map((step) => ({
      ...step,
      what: titles.get(audience.id(step.finding)) ?? step.severity,
      host: step.host === "" ? "" : audience.value("host", step.host),
      hosts: step.hosts.map((host) => audience.value("host", host)),
      finding: audience.id(step.finding),
      also: ids(step.also),
    })),
    entities: incident.entities.map((entity) => audience.entity(entity)),
    explanation: {
      key: "redacted.incident",
      args: [
        whose,
        found,
        { type: "time", value: incident.first_seen },
        { type: "time", value: incident.last_seen },
        {
          type: "list",
          value: tactics.length > 0 ? tactics : [retelling.say("redacted.incident.no-sequence")],
        },
      ],
    },
    caveats: incident.caveats.map((caveat) => retelling.sentence(caveat, named)),
    campaign_id: campaign,
  };
  return retelling.kept(redacted, said);
}

/** Hypotheses are about clusters and stay; what the evidence says names whose it is. */
function redactAttribution(attribution: Attribution, audience: Audience): Attribution {
  const explained = ({ key, args }: Explanation) => ({
    key,
    args: args.map((arg) => redactArgument(arg, audience)),
  });
  return {
    ...attribution,
    subject: audience.id(attribution.subject),
    org_ids: audience.orgs(attribution.org_ids),
    explanation: explained(attribution.explanation),
    evidence: attribution.evidence.map((each) => ({
      ...each,
      what: explained(each.what),
      findings: each.findings.map((id) => audience.id(id)),
    })),
    would_change: attribution.would_change.map(explained),
    collect_next: attribution.collect_next.map(explained),
    caveats: attribution.caveats.map(explained),
  };
}

function redactReplay(replay: Replay, audience: Audience): Replay {
  return {
    ...replay,
    organisations: replay.organisations
      .map((each) =>
        audience.isReaders(each.org_id)
          ? each
          : { ...each, org_id: audience.org(each.org_id), name: audience.org(each.org_id) },
      )
      .sort((a, b) => (b.days_hidden ?? -1) - (a.days_hidden ?? -1) || compare(a.org_id, b.org_id)),
  };
}

/** Whose it is, and which sensor, is the secret; what would have been seen is not. */
function redactDetectionLimits(limits: DetectionLimits, audience: Audience): DetectionLimits {
  const place = new Map(limits.shapes.map(({ id }, index) => [id, index]));
  return {
    ...limits,
    measures: limits.measures
      .map((each) => {
        const sensor_id = audience.scrub(each.sensor_id);
        if (audience.isReaders(each.org_id)) return { ...each, sensor_id };
        return { ...each, org_id: audience.org(each.org_id), name: audience.org(each.org_id), sensor_id };
      })
      .sort(
        (a, b) =>
          compare(a.org_id, b.org_id) ||
          compare(a.sensor_id, b.sensor_id) ||
          (place.get(a.shape) ?? 0) - (place.get(b.shape) ?? 0),
      ),
  };
}

/** What organisations share is known to them: names outside stay, and what is on their machines has a pseudonym. */
function redactCampaign(campaign: Campaign, audience: Audience): Campaign {
  const retelling = new Retelling(campaign.statements, audience);
  const values = new Map(
    campaign.shared.map(({ kind, value }) => [value, audience.value(kind as Entity["kind"], value)]),
  );
  const shared = campaign.shared.map((each) => ({
    ...each,
    value: values.get(each.value) ?? retelling.say("redacted.withheld"),
  }));
  const leading = textArgument(shared[0]?.value ?? "");
  const more: ExplanationArg = { type: "number", value: shared.length - 1 };
  return retelling.kept({
    ...campaign,
    id: audience.id(campaign.id),
    title: retelling.say(
      "redacted.campaign.title",
      { type: "number", value: campaign.incidents.length },
      shared.length > 1
        ? { type: "said", value: retelling.say("redacted.campaign.more", leading, more) }
        : leading,
    ),
    org_ids: audience.orgs(campaign.org_ids),
    incidents: campaign.incidents.map((id) => audience.id(id)),
    findings: campaign.findings.map((id) => audience.id(id)),
    shared,
    explanation: {
      key: campaign.explanation.key,
      args: campaign.explanation.args.map((arg) =>
        Array.isArray(arg.value) && arg.type === "list"
          ? { ...arg, value: arg.value.map((each) => values.get(each) ?? audience.scrub(each)) }
          : redactArgument(arg, audience),
      ),
    },
    caveats: campaign.caveats.map((caveat) => retelling.sentence(caveat, [...values.keys()])),
  });
}

/** Warnings of the inventory name its file, its lines and its ranges: they are for those who keep it. */
function caveats(assessment: Assessment, retelling: Retelling): string[] {
  const warnings = new Set(retelling.audience.ownership.redaction.directory.warnings);
  return [
    ...assessment.caveats
      .filter((caveat) => !warnings.has(caveat))
      .map((caveat) => retelling.sentence(caveat, [])),
    retelling.say("redacted.caveat"),
  ];
}
