import { isoDay, parseTime } from "../../kernel/time.js";
import { tlpLabel } from "../format.js";
import { confirmedIndicators, type ReportedIndicator, withheldLine } from "../indicators.js";
import type { ReportInput } from "../port.js";
import { shortName } from "../text.js";
import { sidsFor } from "./sids.js";
import { contentBytes, optionText } from "./text.js";

/** One thing to look for: an indicator in one protocol. */
interface Match {
  /** Which of an indicator's rules it is; part of the signature id. */
  channel: string;
  header: string;
  what: string;
  options: readonly string[];
  technique: string;
}

const OUT = "$HOME_NET any -> $EXTERNAL_NET any";
const TO_SERVER = "flow:established,to_server";
/** An address in every packet of a connection is one alert an hour and host. */
const SELDOM = "threshold:type limit, track by_src, count 1, seconds 3600";

/** Whole buffers only: a name within another name is another name. `http.host` is lower case already and refuses `nocase`. */
function whole(buffer: string, value: string, nocase: boolean): string[] {
  const size = Buffer.byteLength(value, "utf8");
  return [buffer, `content:"${contentBytes(value)}"`, ...(nocase ? ["nocase"] : []), `bsize:${size}`];
}

/** Suricata 6 and later (JA4: 8 and later, which the rule says of itself). None for hashes of certificates other than SHA-1, which no keyword has. */
function matchesOf({ kind, value }: ReportedIndicator): Match[] {
  switch (kind) {
    case "domain":
      return [
        {
          channel: "dns",
          header: "dns $HOME_NET any -> any any",
          what: `look-up of ${value}`,
          options: whole("dns.query", value, true),
          technique: "T1071/004",
        },
        {
          channel: "tls",
          header: `tls ${OUT}`,
          what: `TLS to ${value}`,
          options: [TO_SERVER, ...whole("tls.sni", value, true)],
          technique: "T1071/001",
        },
        {
          channel: "http",
          header: `http ${OUT}`,
          what: `HTTP to ${value}`,
          options: [TO_SERVER, ...whole("http.host", value, false)],
          technique: "T1071/001",
        },
      ];
    case "ipv4":
    case "ipv6":
    case "ipv4-network":
    case "ipv6-network":
      return [
        {
          channel: "ip",
          header: `ip $HOME_NET any <> [${value}] any`,
          what: `traffic with ${value}`,
          options: [SELDOM],
          technique: "T1071",
        },
      ];
    case "sha1-certificate": {
      const fingerprint = value.match(/../g)?.join(":") ?? value;
      return [
        {
          channel: "certificate",
          header: "tls $EXTERNAL_NET any -> $HOME_NET any",
          what: `certificate ${value}`,
          options: ["flow:established,to_client", ...whole("tls.cert_fingerprint", fingerprint, true)],
          technique: "T1573/002",
        },
      ];
    }
    case "ja3":
    case "ja4":
      return [
        {
          channel: kind,
          header: `tls ${OUT}`,
          what: `${kind.toUpperCase()} ${value}`,
          options: [
            ...(kind === "ja4" ? ["requires:version >= 8.0.0"] : []),
            TO_SERVER,
            ...whole(`${kind}.hash`, value, false),
          ],
          technique: "T1071/001",
        },
      ];
    case "md5-certificate":
    case "sha256-certificate":
      return [];
  }
}

/** Rules for Suricata from confirmed infrastructure, one for each indicator and protocol that shows it. */
export function renderSuricata(input: ReportInput): string {
  const { assessment } = input;
  const { rules, ...left } = confirmedIndicators(input);
  const planned = rules
    .flatMap((indicator) => matchesOf(indicator).map((match) => ({ indicator, match })))
    .map((each) => ({ ...each, key: `${each.indicator.kind}|${each.indicator.value}|${each.match.channel}` }))
    // The oldest first: see sidsFor.
    .sort(
      (a, b) => compare(a.indicator.item.first_seen, b.indicator.item.first_seen) || compare(a.key, b.key),
    );
  const sids = sidsFor(planned.map(({ key }) => key));
  const revision = dateNumber(assessment.telemetry.last);
  const lines = planned.map(({ indicator, match, key }) =>
    ruleLine(indicator, match, sids.get(key) ?? 0, revision),
  );
  const without = rules.filter((indicator) => matchesOf(indicator).length === 0).length;
  const head = [
    `${tlpLabel(assessment.tlp)}${assessment.synthetic ? ", synthetic data" : ""}`,
    `Longwatch: ${shortName(assessment.case)}; confirmed infrastructure only`,
    withheldLine(left),
    without === 0 ? undefined : `${without} hashes of certificates that no keyword of Suricata looks for`,
  ];
  const comments = head.flatMap((line) => (line === undefined ? [] : [`# ${line}`]));
  return `${[...comments, ...lines].join("\n")}\n`;
}

function ruleLine(indicator: ReportedIndicator, match: Match, sid: number, revision: number): string {
  const { item, tlp } = indicator;
  const metadata = [
    `created_at ${underscored(item.first_seen)}`,
    `updated_at ${underscored(item.last_seen)}`,
    `tlp ${tlp.replace("+", "_")}`,
  ].join(", ");
  const options = [
    `msg:"${optionText(`Longwatch ${tlpLabel(tlp)} ${match.what}`)}"`,
    ...match.options,
    `reference:url,attack.mitre.org/techniques/${match.technique}/`,
    "classtype:command-and-control",
    `metadata:${metadata}`,
    `sid:${sid}`,
    `rev:${revision}`,
  ];
  return `alert ${match.header} (${options.join("; ")};)`;
}

/** `2023-10-31` as 20231031: a case that grew makes newer revisions of the same signatures. */
function dateNumber(time: string | null): number {
  const value = time === null ? Number.NaN : parseTime(time);
  return Number.isFinite(value) ? Number(isoDay(value).replaceAll("-", "")) : 1;
}

/** Dates as the metadata of published rule sets write them. */
function underscored(time: string): string {
  const value = parseTime(time);
  return Number.isFinite(value) ? isoDay(value).replaceAll("-", "_") : "unknown";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
