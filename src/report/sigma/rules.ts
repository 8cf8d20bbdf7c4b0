import { stringify } from "yaml";
import { plural } from "../../kernel/plural.js";
import { isoDay, parseTime } from "../../kernel/time.js";
import type { Severity } from "../../model/finding.js";
import { tlpLabel } from "../format.js";
import { confirmedIndicators, type ReportedIndicator, withheldLine } from "../indicators.js";
import type { ReportInput } from "../port.js";
import { shortName } from "../text.js";
import { ownUuid } from "../uuid.js";

type Kind = ReportedIndicator["kind"];
const NAMES: readonly Kind[] = ["domain"];
const ADDRESSES: readonly Kind[] = ["ipv4", "ipv6", "ipv4-network", "ipv6-network"];
const CERTIFICATES: readonly Kind[] = ["md5-certificate", "sha1-certificate", "sha256-certificate"];

/** One rule of the file: a kind of log, and the fields of it that show an indicator. A connection is of interest whichever end opened it. */
interface Template {
  name: string;
  title: string;
  kinds: readonly Kind[];
  logsource: Readonly<Record<string, string>>;
  fields: readonly string[];
  technique: string;
  level: Severity;
  /** Besides that a list can be wrong. */
  falsepositive?: string;
}

const OWNER = "The name or address has changed hands since it was last seen";

/** Fields are those of Sigma's taxonomy, for Zeek those of its logs. */
const TEMPLATES: readonly Template[] = [
  {
    name: "dns",
    title: "Look-up of a confirmed name",
    kinds: NAMES,
    logsource: { category: "dns" },
    fields: ["query"],
    technique: "t1071.004",
    level: "medium",
    falsepositive: "A resolver asks on behalf of others; mail filters and analysts look names up",
  },
  {
    name: "windows-dns",
    title: "Look-up of a confirmed name by a process",
    kinds: NAMES,
    logsource: { product: "windows", category: "dns_query" },
    fields: ["QueryName"],
    technique: "t1071.004",
    level: "high",
  },
  {
    name: "proxy",
    title: "Request to a confirmed name",
    kinds: NAMES,
    logsource: { category: "proxy" },
    fields: ["cs-host"],
    technique: "t1071.001",
    level: "high",
  },
  {
    name: "tls",
    title: "TLS to a confirmed name",
    kinds: NAMES,
    logsource: { product: "zeek", service: "ssl" },
    fields: ["server_name"],
    technique: "t1071.001",
    level: "high",
  },
  {
    name: "firewall",
    title: "Connection with a confirmed address",
    kinds: ADDRESSES,
    logsource: { category: "firewall" },
    fields: ["dst_ip", "src_ip"],
    technique: "t1071",
    level: "high",
    falsepositive: "Scans of the address by researchers, and scans from it that nothing answered",
  },
  {
    name: "windows-connection",
    title: "Connection of a process with a confirmed address",
    kinds: ADDRESSES,
    logsource: { product: "windows", category: "network_connection" },
    fields: ["DestinationIp", "SourceIp"],
    technique: "t1071",
    level: "high",
  },
  {
    name: "certificate",
    title: "Confirmed certificate",
    kinds: CERTIFICATES,
    logsource: { product: "zeek", service: "x509" },
    fields: ["fingerprint"],
    technique: "t1573.002",
    level: "high",
  },
  ...(["ja3", "ja4"] as const).map(
    (kind): Template => ({
      name: kind,
      title: `Confirmed ${kind.toUpperCase()} of a client`,
      kinds: [kind],
      logsource: { product: "zeek", service: "ssl" },
      fields: [kind],
      technique: "t1071.001",
      level: "low",
      falsepositive: "Unrelated programs with the same TLS library show the same fingerprint",
    }),
  ),
];

/** A value as Sigma reads it (specification 2, "Escaping"): `*` and `?` are wildcards, and a backslash before one of these escapes. */
export function sigmaValue(text: string): string {
  return text.replace(/[*?\\]/g, (character) => `\\${character}`);
}

/** Sigma rules from confirmed infrastructure: one for each kind of log that can show some of it, in one file of several documents. */
export function renderSigma(input: ReportInput): string {
  const { assessment } = input;
  const { rules, ...left } = confirmedIndicators(input);
  const head = [
    `${tlpLabel(assessment.tlp)}${assessment.synthetic ? ", synthetic data" : ""}`,
    `Longwatch: ${shortName(assessment.case)}; confirmed infrastructure only`,
    withheldLine(left),
  ].flatMap((line) => (line === undefined ? [] : [`# ${line}`]));
  const documents = TEMPLATES.flatMap((template) => {
    const shown = rules.filter(({ kind }) => template.kinds.includes(kind));
    return shown.length === 0 ? [] : [stringify(ruleOf(template, shown, input), { lineWidth: 0 })];
  });
  return `${head.join("\n")}\n${documents.join("---\n")}`;
}

function ruleOf(template: Template, indicators: readonly ReportedIndicator[], { assessment }: ReportInput) {
  const days = indicators.flatMap(({ item }) => [item.first_seen, item.last_seen]).map(parseTime);
  const known = days.filter(Number.isFinite).sort((a, b) => a - b);
  const first = known.at(0);
  const last = known.at(-1);
  const span =
    first === undefined || last === undefined
      ? ""
      : `, in contact between ${isoDay(first)} and ${isoDay(last)}`;
  const technique = template.technique.toUpperCase().replace(".", "/");
  return {
    title: template.title,
    // Of the case and the kind of log, not of the values: a list that grew is a newer version of the same rule.
    id: ownUuid("sigma", assessment.case, template.name),
    status: "experimental",
    description: `${plural(indicators.length, "indicator")} confirmed in the case "${shortName(assessment.case)}"${span}. ${tlpLabel(assessment.tlp)}.`,
    references: [`https://attack.mitre.org/techniques/${technique}/`],
    author: "Longwatch",
    ...(first !== undefined && { date: isoDay(first) }),
    ...(last !== undefined && { modified: isoDay(last) }),
    tags: [
      "attack.command-and-control",
      `attack.${template.technique}`,
      `tlp.${assessment.tlp.replace("+", "-")}`,
    ],
    logsource: template.logsource,
    detection: detectionOf(template.fields, indicators),
    falsepositives: [OWNER, ...(template.falsepositive === undefined ? [] : [template.falsepositive])],
    level: template.level,
  };
}

/** IPv6 and networks by `cidr`, since logs write one IPv6 address in several ways. */
function detectionOf(fields: readonly string[], indicators: readonly ReportedIndicator[]) {
  const plain = indicators.filter(({ kind }) => !isRange(kind)).map(({ value }) => sigmaValue(value));
  const ranges = indicators
    .filter(({ kind }) => isRange(kind))
    .map(({ kind, value }) => (kind === "ipv6" ? `${value}/128` : value));
  const selections = fields.flatMap((field) => [
    ...(plain.length > 0 ? [[`selection_${field}`, { [field]: plain }] as const] : []),
    ...(ranges.length > 0 ? [[`selection_${field}_range`, { [`${field}|cidr`]: ranges }] as const] : []),
  ]);
  return { ...Object.fromEntries(selections), condition: "1 of selection_*" };
}

function isRange(kind: Kind): boolean {
  return kind === "ipv6" || kind.endsWith("-network");
}
