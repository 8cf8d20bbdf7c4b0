import { rfc3339 } from "../../kernel/time.js";
import { type Finding, findingId, type ScoreComponent, type Severity } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { EvidenceIndex } from "../shared/evidence.js";
import { bestRhythm, isRegular, type Rhythm } from "./attempts.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type MissingName, missingNames } from "./names.js";
import { rarity, regularity, type SeverityLimits, sumOf } from "./score.js";
import { describe, type Part } from "./servers.js";

interface Scored {
  missing: MissingName;
  rhythm: Rhythm;
  components: ScoreComponent[];
  score: number;
}

/** Findings about names that never resolve. */
export async function missingNameFindings(context: DetectContext, limits: SeverityLimits): Promise<Part> {
  const least = context.parameter("min_attempts");
  const { names, candidates, examined } = await missingNames(context, {
    minAttempts: least,
    minSpan: context.parameter("min_span_seconds"),
  });
  const scored = names
    .map((missing) => scoreName(missing, context.parameter("burst_seconds") * 1000, least))
    .filter(({ rhythm }) => rhythm.attempts >= least && isRegular(rhythm, limits.regularShare))
    .sort((a, b) => b.score - a.score || (a.missing.name < b.missing.name ? -1 : 1));
  const reported = scored.slice(0, context.parameter("max_findings"));
  const index = await EvidenceIndex.load(
    context,
    reported.map(({ missing }) => evidencePair(missing)),
    [...new Set(reported.map(({ missing }) => missing.name))],
  );
  return {
    findings: reported.map((each) => makeFinding(context, each, index, limits)),
    evaluated: [
      { what: say("failed-beacon.hosts-names-never-resolved"), count: candidates },
      { what: say("failed-beacon.these-examined-rhythm"), count: examined },
      { what: say("failed-beacon.regular-names-not-reported"), count: scored.length - reported.length },
    ],
  };
}

/** Evidence of a look-up is the line of the DNS log: there is no server. */
function evidencePair({ realm, host, first, last }: MissingName) {
  return { realm, host, server: "", from: first, to: last };
}

export function scoreName(missing: MissingName, burst: number, least: number): Scored {
  const rhythm = bestRhythm(missing.tries, burst, least);
  const components = [
    regularity(rhythm, 0.4),
    rarity(missing.hosts, 0.3),
    {
      name: "dead domain",
      value: missing.domainLives ? 0 : 1,
      weight: 0.3,
      meaning: missing.domainLives
        ? say("failed-beacon.other-names-resolve-one", missing.domain)
        : say("failed-beacon.no-name-ever-resolved", missing.domain),
    },
  ];
  return { missing, rhythm, components, score: sumOf(components) };
}

/** At most low: a defunct vendor's domain and a defunct command server's look alike until somebody asks who registered it. */
export function severityOfName({ missing, score }: Scored, limits: SeverityLimits): Severity {
  return score >= limits.lowScore && !missing.domainLives && missing.hosts <= limits.rareHosts
    ? "low"
    : "informational";
}

function makeFinding(
  context: DetectContext,
  scored: Scored,
  index: EvidenceIndex,
  limits: SeverityLimits,
): Finding {
  const { missing, rhythm, components, score } = scored;
  const org = context.directory.resolve(missing.realm, missing.host, missing.first);
  const tags = org === undefined ? {} : { org: org.orgId };
  const evidence = index.of([evidencePair(missing)], [missing.name], 4);
  return {
    id: findingId(manifest.id, org?.orgId ?? null, missing.realm, missing.host, missing.name),
    detector: manifest.id,
    title: say("failed-beacon.asks-every-which-never", missing.host, describe(rhythm.interval), missing.name),
    severity: severityOfName(scored, limits),
    score,
    components,
    first_seen: rfc3339(missing.first),
    last_seen: rfc3339(missing.last),
    org_id: org?.orgId ?? null,
    entities: [
      { kind: "domain", value: missing.name, role: "server" },
      { kind: "host", value: missing.host, realm: missing.realm, role: "victim" },
    ],
    attack: [...manifest.attack],
    evidence,
    explanation: {
      key: "failed-beacon.name",
      args: [
        { type: "host", value: missing.host, ...tags },
        { type: "domain", value: missing.name },
        { type: "number", value: rhythm.attempts },
        { type: "time", value: rfc3339(missing.first) },
        { type: "time", value: rfc3339(missing.last) },
        { type: "percent", value: Math.round(rhythm.share * 100) / 100 },
        { type: "duration", value: Math.round(rhythm.interval) },
        { type: "number", value: missing.hosts },
      ],
    },
    caveats: [
      say("failed-beacon.programs-ask-names-vendors"),
      say("failed-beacon.where-host-resolver-question"),
    ],
    facts: {
      attempts: rhythm.attempts,
      asked: missing.asked,
      interval_seconds: rhythm.interval,
      regular_share: Math.round(rhythm.share * 1000) / 1000,
      name: missing.name,
      registrable_domain: missing.domain,
      hosts_of_name: missing.hosts,
    },
    tlp: index.tlpOf(evidence),
  };
}
