import { type Finding, severityRank } from "../model/finding.js";
import type { RelationKind } from "../model/relation.js";
import { isSupporting } from "../model/supporting.js";
import { type LineKey, REASONS, say } from "./reason-messages.js";

/**
 * Two findings are independent evidence if what they rest on is: the same mistake must not be able to cause both.
 *
 * - `infrastructure-contact` rests on somebody else's knowledge of the server (the watch list).
 * - `cloud-masquerade` rests on what the server pretends and how it is used, and knows nothing of the list. A list entry and a pretence are
 *   independent even for the same server: neither is derived from the other.
 * - `infrastructure-expansion` from confirmed servers along hard ties (`facts.from_confirmed`) rests on the watch list and on observed
 *   facts (an address, a certificate, a registrable domain): if the list is wrong it is wrong with it, so together they are one line; how
 *   the server behaves or is called plays no part in it, so it is independent of `cloud-masquerade`.
 * - Other `infrastructure-expansion` is derived from suspicions: if they are wrong it is wrong with them. It is a line only where the
 *   organisation has no other.
 * - `backup-exfiltration` rests on how the server is used, as `cloud-masquerade` does: an odd but harmless storage service of one's own causes
 *   both. Together they are one line; the watch list knows nothing of uploads, so with it they are two.
 * - `failed-beacon` and `false-protocol` show that a program is not one of those that are known, by how it connects. A harmless program that
 *   nobody listed causes both: together they are one line.
 * - `many-odd-ports` rests on how the server is used as well: its ports, and who comes to it.
 * - `beaconing` rests on what a program does with a server that hardly anyone uses. An odd but harmless server with a harmless program (somebody's own
 *   backup server, say) causes each of these four: together they are one line.
 * - `sigma` rests on what somebody knows of an act's looks in a log, and on no habit of a server's. All rules together are one line: an administrator's
 *   day sets off several.
 * - `account-hijack`, `discovery-burst`, `lateral-movement`, `log-tampering`, `persistence-mechanism`, `process-anomaly` (who touches other processes), `registry-anomaly`, `script-host-abuse` and `staging-and-exfiltration` show acts that
 *   administrators do as well, and one day's work of theirs can cause all: together they are one line. An upload that `staging-and-exfiltration` and `backup-exfiltration` both saw, in hosts'
 *   logs and on the network, is one act: where they name the same server the latter belongs to this line as well. `dll-sideload` rests on the company that a program keeps; a portable
 *   program that somebody unpacked causes it and none of those.
 *   `removable-media-worm` may rest on the same libraries, of a program that came on a drive: it is of the same line as `dll-sideload`.
 * - `web-shell` rests on what a page of a server is asked and what the server's process does: a program that somebody wrote for the server causes it, and none of those.
 * - `tool-transfer` shows what came and went over the wire. With a server of our own network it is an administrator's act as well, and of that line; with one outside a harmless program that
 *   nobody listed and that gets its updates so causes it, as it causes `failed-beacon`: of that line. An upload that `staging-and-exfiltration` or `backup-exfiltration` tells of the same server is
 *   one act, and belongs to theirs.
 * - These and `sigma` read the same events. Where one of them is a line, the rules that matched the same acts are not another. `tool-transfer` takes nothing from the rules in a line that stands
 *   without it: what is found besides never makes lines fewer.
 * - What only supports ({@link isSupporting}) is no line, whatever its severity. `phishing-delivery` of what was opened rests on the mail and is a line of its own.
 * - Several findings of one detector share its way of being wrong: one line.
 * - Any other detector is a line of its own.
 */
const WATCH_LIST = "line.watch-list";
const BEHAVIOUR = "line.behaviour";
const KINSHIP = "line.kinship";
const PROGRAM = "line.program";
const RULES = "line.rules";
const ADMINISTRATION = "line.administration";
const COMPANY = "line.company";
const PAGES = "line.pages";
const BASIS: Readonly<Record<string, string>> = {
  "infrastructure-contact": WATCH_LIST,
  "cloud-masquerade": BEHAVIOUR,
  "backup-exfiltration": BEHAVIOUR,
  "many-odd-ports": BEHAVIOUR,
  beaconing: BEHAVIOUR,
  "infrastructure-expansion": KINSHIP,
  "failed-beacon": PROGRAM,
  "false-protocol": PROGRAM,
  sigma: RULES,
  "account-hijack": ADMINISTRATION,
  "persistence-mechanism": ADMINISTRATION,
  "registry-anomaly": ADMINISTRATION,
  "lateral-movement": ADMINISTRATION,
  "discovery-burst": ADMINISTRATION,
  "process-anomaly": ADMINISTRATION,
  "script-host-abuse": ADMINISTRATION,
  "log-tampering": ADMINISTRATION,
  "staging-and-exfiltration": ADMINISTRATION,
  "dll-sideload": COMPANY,
  "removable-media-worm": COMPANY,
  "web-shell": PAGES,
};
/** What reads the same events as the rules. */
const HOST_LINES: ReadonlySet<string> = new Set([ADMINISTRATION, COMPANY, PAGES]);
/**
 * Supporting findings about a server of these lines, and scans by a host of theirs: an unusual connection to another server, or another
 * host that looks around, supports nothing.
 */
export function supportOf(lines: readonly Line[], bearings: readonly Bearing[]): Finding[] {
  const about = lines.flatMap((line) => line.findings);
  const servers = new Set(about.flatMap(serversOf));
  const victims = new Set(about.flatMap((finding) => hostsOf(finding, "victim")));
  return bearings
    .map(({ finding }) => finding)
    .filter(
      (finding) =>
        isSupporting(finding) &&
        (serversOf(finding).some((server) => servers.has(server)) ||
          hostsOf(finding, "scanner").some((host) => victims.has(host))),
    );
}

function hostsOf({ entities }: Finding, role: string): string[] {
  return entities.flatMap((each) =>
    each.kind === "host" && each.role === role ? [`${each.realm ?? ""}|${each.value}`] : [],
  );
}

function serversOf({ entities }: Finding): string[] {
  return entities.flatMap(({ kind, role, value }) =>
    (kind === "address" || kind === "domain") && (role === "server" || role === "destination") ? [value] : [],
  );
}

/** Whether the finding says anything about an organisation: below medium only contact with the watch list does. */
export function canBear({ detector, severity }: Finding): boolean {
  return detector === "infrastructure-contact" || severityRank(severity) >= severityRank("medium");
}

/** What the finding rests on. Findings with equal basis are one line. */
function basisOf({ detector, facts }: Finding): string {
  if (detector === "infrastructure-expansion" && facts.from_confirmed === true) return WATCH_LIST;
  if (detector === "tool-transfer") return facts.server_inside === true ? ADMINISTRATION : PROGRAM;
  return BASIS[detector] ?? detector;
}

/** What the network shows of an upload that other findings may tell as well. */
function isUpload({ detector, facts }: Finding): boolean {
  return detector === "backup-exfiltration" || (detector === "tool-transfer" && facts.way === "send");
}

/** What a line rests on in words: that the organisation itself met the watch list is not said where only ties lead there. */
export function basisText({ basis, findings }: Pick<Line, "basis" | "findings">): string {
  const isListed = findings.some(({ detector }) => detector === "infrastructure-contact");
  if (basis === WATCH_LIST && !isListed) return say("line.tied");
  return Object.hasOwn(REASONS, basis) ? say(basis as LineKey) : basis;
}

/** A finding as it bears on one organisation. */
export interface Bearing {
  finding: Finding;
  /** What kind of contact this organisation had with what the finding is about. */
  kind: RelationKind;
}

export interface Line {
  /** Key of the catalogue, or the detector that is a line of its own. */
  basis: string;
  /** The strongest finding of the line. */
  finding: Finding;
  findings: Finding[];
}

/** Whether the finding, for this organisation, is evidence at medium or above: a visit or a scan is not, however bad the server. */
export function isEvidence({ finding, kind }: Bearing): boolean {
  if (isSupporting(finding) || severityRank(finding.severity) < severityRank("medium")) return false;
  // A look-up counts where the detector itself rates it medium (looked up for weeks).
  return kind !== "single" && kind !== "scanning";
}

/** The independent lines of evidence of one organisation, strongest first. */
export function independentLines(bearings: readonly Bearing[]): Line[] {
  const lines = new Map<string, Finding[]>();
  const evidence = bearings.filter(isEvidence).map(({ finding }) => finding);
  const serversBy = (id: string) =>
    new Set(evidence.filter(({ detector }) => detector === id).flatMap(serversOf));
  const [staged, backedUp] = [serversBy("staging-and-exfiltration"), serversBy("backup-exfiltration")];
  for (const finding of evidence) {
    const goesTo = (servers: ReadonlySet<string>) =>
      isUpload(finding) && serversOf(finding).some((server) => servers.has(server));
    const basis = goesTo(staged) ? ADMINISTRATION : goesTo(backedUp) ? BEHAVIOUR : basisOf(finding);
    lines.set(basis, [...(lines.get(basis) ?? []), finding]);
  }
  const ordered = [...lines].map(([basis, findings]) => {
    const sorted = [...findings].sort(
      (a, b) => severityRank(b.severity) - severityRank(a.severity) || b.score - a.score,
    );
    return { basis, finding: sorted[0] as Finding, findings: sorted };
  });
  const isReadTwice = ordered.some(
    ({ basis, findings }) =>
      HOST_LINES.has(basis) || findings.every(({ detector }) => detector === "tool-transfer"),
  );
  const own = ordered.filter(({ basis }) => basis !== KINSHIP && !(basis === RULES && isReadTwice));
  return (own.length > 0 ? own : ordered).sort(
    (a, b) =>
      severityRank(b.finding.severity) - severityRank(a.finding.severity) ||
      b.finding.score - a.finding.score,
  );
}
