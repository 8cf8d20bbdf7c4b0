import { tlpLabel } from "../format.js";
import { confirmedIndicators, type ReportedIndicator, withheldLine } from "../indicators.js";
import type { ReportInput } from "../port.js";
import { shortName, visible } from "../text.js";

/** Zeek's Intelligence Framework (base/frameworks/intel): `Intel::CERT_HASH` is the SHA-1 of a certificate; TLS fingerprints have no type. */
const TYPES: Partial<Record<ReportedIndicator["kind"], string>> = {
  domain: "Intel::DOMAIN",
  ipv4: "Intel::ADDR",
  ipv6: "Intel::ADDR",
  "ipv4-network": "Intel::SUBNET",
  "ipv6-network": "Intel::SUBNET",
  "sha1-certificate": "Intel::CERT_HASH",
};

/** Confirmed infrastructure as an intelligence file for Zeek: fields between tabs, which no field can have. */
export function renderZeekIntel(input: ReportInput): string {
  const { assessment } = input;
  const { rules, ...unheld } = confirmedIndicators(input);
  const rows = rules.flatMap(({ kind, value, tlp, item }) => {
    const type = TYPES[kind];
    if (type === undefined) return [];
    const about = `${tlpLabel(tlp)}, seen ${item.first_seen} to ${item.last_seen}`;
    return [[value, type, `Longwatch: ${shortName(assessment.case)}`, about].map(field).join("\t")];
  });
  const left = withheldLine(unheld);
  const without = rules.length - rows.length;
  const head = [
    `# ${tlpLabel(assessment.tlp)}${assessment.synthetic ? ", synthetic data" : ""}`,
    ...(left === undefined ? [] : [`# ${left}`]),
    ...(without === 0 ? [] : [`# ${without} hashes and TLS fingerprints that the framework has no type for`]),
  ];
  return `${[...head, "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc", ...rows].join("\n")}\n`;
}

/** `-` stands for a field that is not set; `\x09` is a tab to Zeek, and every backslash of ours is one. */
function field(text: string): string {
  const shown = visible(text).trim();
  return shown === "" ? "-" : shown.replaceAll("\\", "\\x5c");
}
