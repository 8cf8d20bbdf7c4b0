import { groupBy, unique } from "../../kernel/group-by.js";
import { plural } from "../../kernel/plural.js";
import { isoDay, parseTime } from "../../kernel/time.js";
import type { Assessment } from "../../model/assessment.js";
import { CONFIDENCES, type Finding, severityRank, type Tlp } from "../../model/finding.js";
import { say } from "../catalogue.js";
import { confirmedIndicators, indicatorsOf, type ReportedIndicator } from "../indicators.js";
import type { ReportInput } from "../port.js";
import { Programs, type ProgramUse, programsOfAttribution, programsOfFinding } from "../programs.js";
import type { NamedProgram } from "../software-names.js";
import { TECHNIQUE_NAMES } from "../technique-names.js";
import { clip, visible } from "../text.js";
import { ownUuid } from "../uuid.js";

/**
 * MISP core format (draft-dulaunoy-misp-core-format-18; https://www.misp-standard.org/rfc/misp-standard-core.html). A name is `hostname`, that host alone:
 * `domain` would mean everything below it too. MISP has no type for JA4.
 */
const TYPES: Readonly<Record<ReportedIndicator["kind"], string>> = {
  domain: "hostname",
  ipv4: "ip-dst",
  ipv6: "ip-dst",
  "ipv4-network": "ip-dst",
  "ipv6-network": "ip-dst",
  "md5-certificate": "x509-fingerprint-md5",
  "sha1-certificate": "x509-fingerprint-sha1",
  "sha256-certificate": "x509-fingerprint-sha256",
  ja3: "ja3-fingerprint-md5",
  ja4: "other",
};

/** Section 2.2.1.4: no line ends, at most 256 characters. */
const LONGEST_INFO = 256;
const INHERIT = "5";

/** What all parts of an event have in common. */
interface Scene {
  input: ReportInput;
  /** Seconds since 1970, as text: the end of the telemetry, so that equal cases make equal events and a case that grew a newer one. */
  timestamp: string;
  /** In rules of detection: confirmed, and nobody else's. */
  forRules: ReadonlySet<ReportedIndicator["item"]>;
  /** Programs that may have been used, each with what speaks for it, strongest first. */
  programs: ReadonlyMap<NamedProgram, readonly ProgramUse[]>;
}

/** The case as one event of MISP. Nothing in it is published or distributed: whoever imports it decides that. */
export function renderMisp(input: ReportInput): string {
  const { assessment } = input;
  const scene: Scene = {
    input,
    timestamp: seconds(assessment.telemetry.last),
    forRules: new Set(confirmedIndicators(input).rules.map(({ item }) => item)),
    programs: programsOf(input),
  };
  const { usable } = indicatorsOf(input);
  const attributes = usable.map((indicator, at) => attributeOf(indicator, at + 1, scene));
  const organisation = { id: "1", name: "Longwatch", uuid: ownUuid("misp-organisation") };
  const event = {
    id: "1",
    uuid: eventUuid(assessment),
    info: clipped(`${assessment.synthetic ? "SYNTHETIC DATA: " : ""}${assessment.case}`),
    date: isoDay(Number(scene.timestamp) * 1000),
    threat_level_id: threatLevel(assessment),
    // Initial: no person has looked at it.
    analysis: "0",
    // Your organisation only; the marking says how far it may go, and a person sends it there.
    distribution: "0",
    sharing_group_id: "0",
    published: false,
    publish_timestamp: "0",
    timestamp: scene.timestamp,
    org_id: organisation.id,
    orgc_id: organisation.id,
    locked: false,
    proposal_email_lock: false,
    disable_correlation: false,
    extends_uuid: "",
    attribute_count: String(attributes.length),
    Org: organisation,
    Orgc: organisation,
    Attribute: attributes,
    ShadowAttribute: [],
    RelatedEvent: [],
    Galaxy: [],
    Object: objectsOf(usable, scene),
    EventReport: reportsOf(scene),
    Tag: [
      ...tlpTags(assessment.tlp),
      ...[...techniqueTags(input.findings), ...programTags(scene.programs)].map(tag),
    ],
  };
  return `${JSON.stringify({ Event: event }, null, 2)}\n`;
}

function eventUuid(assessment: Assessment): string {
  return ownUuid("misp-event", assessment.case);
}

/** 1 high, 2 medium, 3 low, 4 undefined: by the worst status of an organisation. */
function threatLevel({ organisations }: Assessment): string {
  const has = (status: string) => organisations.some((each) => each.status === status);
  if (has("compromised")) return "1";
  if (has("suspected")) return "2";
  return has("contacted") ? "3" : "4";
}

function attributeOf(indicator: ReportedIndicator, id: number, scene: Scene) {
  const { kind, value, item, tlp } = indicator;
  const { assessment } = scene.input;
  const span = seen(item.first_seen, item.last_seen);
  const uuid = ownUuid("misp-attribute", assessment.case, kind, value);
  const contacts = plural(item.organisations.length, "organisation");
  return {
    id: String(id),
    event_id: "1",
    uuid,
    type: TYPES[kind],
    category: "Network activity",
    value,
    to_ids: scene.forRules.has(item) && TYPES[kind] !== "other",
    distribution: INHERIT,
    sharing_group_id: "0",
    timestamp: scene.timestamp,
    comment: clipped(
      [
        ...(kind === "ja4" ? ["JA4."] : []),
        say(`basis.${item.basis}.meaning`),
        ...(scene.forRules.has(item) || item.basis !== "confirmed"
          ? []
          : ["Shared with others: in no rule."]),
        ...(item.organisations.length > 0 ? [`In contact with ${contacts}.`] : []),
        ...item.why.slice(0, 2),
      ].join(" "),
    ),
    deleted: false,
    disable_correlation: false,
    object_id: "0",
    object_relation: null,
    first_seen: span?.first ?? null,
    last_seen: span?.last ?? null,
    Tag: tlp === assessment.tlp ? [] : tlpTags(tlp),
    Galaxy: [],
    ShadowAttribute: [],
    Sighting:
      item.organisations.length === 0 || span === undefined ? [] : sightingsOf(uuid, String(id), span),
  };
}

/** The first contact and the last. Who was in contact is not said here: sightings travel further than events. */
function sightingsOf(attribute: string, id: string, span: { first: string; last: string }) {
  return unique([span.first, span.last]).map((time) => ({
    uuid: ownUuid("misp-sighting", attribute, time),
    attribute_id: id,
    event_id: "1",
    org_id: "1",
    date_sighting: seconds(time),
    source: "Longwatch",
    type: "0",
  }));
}

/** Names with the addresses at which they showed (template `domain-ip`, version 11). What can be detected stands in the event's own attributes. */
function objectsOf(indicators: readonly ReportedIndicator[], scene: Scene) {
  const { assessment } = scene.input;
  const byValue = new Map(indicators.map((indicator) => [indicator.item.value, indicator]));
  const pairs = new Map<string, readonly [string, string]>();
  for (const { from, to, relation } of assessment.links) {
    const name = byValue.get(from);
    const address = byValue.get(to);
    if (relation !== "name of" || name?.kind !== "domain") continue;
    if (address?.kind !== "ipv4" && address?.kind !== "ipv6") continue;
    pairs.set(`${name.value}|${address.value}`, [name.value, address.value]);
  }
  return [...pairs.values()].map(([name, address], at) => {
    const uuid = ownUuid("misp-object", assessment.case, name, address);
    const part = (relation: string, type: string, value: string) => ({
      uuid: ownUuid("misp-object-attribute", uuid, relation),
      type,
      category: "Network activity",
      value,
      to_ids: false,
      distribution: INHERIT,
      sharing_group_id: "0",
      timestamp: scene.timestamp,
      comment: "",
      deleted: false,
      disable_correlation: false,
      object_relation: relation,
    });
    return {
      id: String(at + 1),
      event_id: "1",
      uuid,
      name: "domain-ip",
      "meta-category": "network",
      description: "A domain/hostname and IP address seen as a tuple in a specific time frame.",
      template_uuid: "43b3b146-77eb-4931-b4cc-b66c60f28734",
      template_version: "11",
      timestamp: scene.timestamp,
      distribution: INHERIT,
      sharing_group_id: "0",
      comment: "",
      deleted: false,
      ObjectReference: [],
      Attribute: [part("hostname", "hostname", name), part("ip", "ip-dst", address)],
    };
  });
}

/** Key judgements, and programs that may have been used, which MISP shows as reports of the event. */
function reportsOf(scene: Scene) {
  const judgements = scene.input.assessment.judgements.flatMap(({ statement, confidence_statement }, at) => [
    `${at + 1}. ${visible(statement)}`,
    `   ${visible(confidence_statement)}`,
  ]);
  const programs = [...scene.programs].flatMap(([{ name, attack, type }, uses]) => [
    visible(`${name} (${[type ?? "no source says whether it is malware", attack ?? []].flat().join(", ")})`),
    ...uses.map(({ said, confidence }) => visible(`   ${said} Confidence is ${confidence}.`)),
  ]);
  const reports = [
    { kind: "misp-report", name: "Key judgements", lines: judgements },
    { kind: "misp-programs", name: "Programs that may have been used", lines: programs },
  ];
  return reports
    .filter(({ kind, lines }) => kind === "misp-report" || lines.length > 0)
    .map((report, at) => ({ id: String(at + 1), ...reportOf(report, scene) }));
}

/** Markdown means nothing to `visible` text, so it stands in a block of code. */
function reportOf(
  { kind, name, lines }: { kind: string; name: string; lines: readonly string[] },
  { input, timestamp }: Scene,
) {
  const content = lines.length > 0 ? lines.join("\n").replaceAll("`", "'") : "None.";
  return {
    event_id: "1",
    uuid: ownUuid(kind, input.assessment.case),
    name,
    content: `\`\`\`\n${content}\n\`\`\``,
    distribution: INHERIT,
    sharing_group_id: "0",
    timestamp,
    deleted: false,
  };
}

function programsOf({ assessment, findings, messages }: ReportInput): Map<NamedProgram, ProgramUse[]> {
  const uses = [
    ...assessment.attribution.flatMap((each) => programsOfAttribution(each, messages)),
    ...findings.flatMap(programsOfFinding),
  ];
  const strongestFirst = uses.sort(
    (a, b) => CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence),
  );
  const programs = new Programs();
  return groupBy(strongestFirst, ({ software }) => programs.same(software));
}

/** Programs of ATT&CK in the form of MISP's galaxies, where a trace or a command speaks for them. What somebody only called so stands in the report of programs. */
function programTags(programs: Scene["programs"]): string[] {
  return [...programs].flatMap(([{ name, attack, type }, uses]) =>
    attack === null || type === null || uses.every(({ confidence }) => confidence === "low")
      ? []
      : [`misp-galaxy:mitre-${type}="${visible(name).replaceAll('"', "'")} - ${attack}"`],
  );
}

/** Techniques of findings of medium severity or above, in the form of MISP's galaxy; those whose name Longwatch does not know are left out. */
function techniqueTags(findings: readonly Finding[]): string[] {
  const grave = findings.filter(({ severity }) => severityRank(severity) >= severityRank("medium"));
  return unique(grave.flatMap(({ attack }) => attack))
    .sort()
    .flatMap((id) =>
      Object.hasOwn(TECHNIQUE_NAMES, id)
        ? [`misp-galaxy:mitre-attack-pattern="${TECHNIQUE_NAMES[id]} - ${id}"`]
        : [],
    );
}

function tlpTags(tlp: Tlp) {
  return [tag(`tlp:${tlp}`)];
}

function tag(name: string) {
  return { name, colour: "#7f7f7f", exportable: true };
}

/** Both times as MISP writes them, in order; undefined where one is no time. */
function seen(from: string, to: string): { first: string; last: string } | undefined {
  const [first, last] = [from, to].map(parseTime).sort((a, b) => a - b);
  if (first === undefined || last === undefined || !Number.isFinite(first + last)) return undefined;
  return { first: new Date(first).toISOString(), last: new Date(last).toISOString() };
}

function seconds(time: string | null): string {
  const value = time === null ? Number.NaN : parseTime(time);
  return String(Number.isFinite(value) ? Math.max(0, Math.floor(value / 1000)) : 0);
}

function clipped(text: string): string {
  const shown = visible(text);
  return shown.length <= LONGEST_INFO ? shown : clip(shown, LONGEST_INFO - 32);
}
