import { rfc3339 } from "../../kernel/time.js";
import { type ExplanationArg, type Finding, findingId, severityRank } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { EvidenceIndex, type EvidencePair } from "../shared/evidence.js";
import type { Lookups } from "./lookups.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Appearance, Weighed } from "./score.js";

export interface Candidate {
  lookups: Lookups;
  look: Appearance;
  weighed: Weighed;
}

/** Names in a finding's evidence; the first time each was asked for. */
const EVIDENCE_NAMES = 8;

function evidencePair({ realm, host, first, last }: Lookups): EvidencePair {
  return { realm, host, server: "", from: first, to: last };
}

function evidenceNames({ sample }: Lookups): string[] {
  return sample.slice(0, EVIDENCE_NAMES);
}

export async function findingsOf(
  context: DetectContext,
  candidates: readonly Candidate[],
): Promise<Finding[]> {
  const index = await EvidenceIndex.load(
    context,
    candidates.map((each) => evidencePair(each.lookups)),
    candidates.flatMap((each) => evidenceNames(each.lookups)),
  );
  return candidates.map((each) => makeFinding(context, each, index));
}

function makeFinding(
  context: DetectContext,
  { lookups, look, weighed }: Candidate,
  index: EvidenceIndex,
): Finding {
  const org = context.directory.resolve(lookups.realm, lookups.host, lookups.first);
  const tags = org === undefined ? {} : { org: org.orgId };
  // A quarter of the lines may be names; there are no others here.
  const evidence = index.of([evidencePair(lookups)], evidenceNames(lookups), 4 * EVIDENCE_NAMES);
  const isEvidence = severityRank(weighed.severity) >= severityRank("medium");
  const args: ExplanationArg[] = [
    { type: "host", value: lookups.host, ...tags },
    { type: "number", value: lookups.names },
    { type: "domain", value: lookups.zone },
    { type: "number", value: lookups.peakNames },
    { type: "number", value: lookups.queries },
    { type: "time", value: rfc3339(lookups.first) },
    { type: "time", value: rfc3339(lookups.last) },
    { type: "number", value: Math.round(look.length) },
    { type: "bytes", value: weighed.carried },
    { type: "number", value: lookups.hostsOfZone },
    { type: "number", value: lookups.answers },
  ];
  const what =
    weighed.shape === "names" ? `${lookups.names} names below` : `${lookups.texts} text records of`;
  return {
    id: findingId(manifest.id, org?.orgId ?? null, lookups.realm, lookups.host, lookups.zone),
    detector: manifest.id,
    title: say("dns-tunnel.asked-dns", lookups.host, what, lookups.zone),
    severity: weighed.severity,
    score: weighed.score,
    components: weighed.components,
    first_seen: rfc3339(lookups.first),
    last_seen: rfc3339(lookups.last),
    org_id: org?.orgId ?? null,
    entities: [
      { kind: "domain", value: lookups.zone, role: isEvidence ? "server" : "looked up" },
      { kind: "host", value: lookups.host, realm: lookups.realm, role: "victim" },
    ],
    attack: weighed.shape === "names" ? ["T1071.004", "T1048"] : ["T1071.004"],
    evidence,
    explanation: { key: `dns-tunnel.${weighed.shape}`, args },
    caveats: caveatsOf(lookups, look, weighed),
    facts: {
      shape: weighed.shape,
      by_lookups: true,
      names: lookups.names,
      peak_names_a_day: lookups.peakNames,
      queries: lookups.queries,
      text_queries: lookups.texts,
      query_types: lookups.types,
      mean_length: Math.round(look.length * 10) / 10,
      bytes_in_names: weighed.shape === "names" ? weighed.carried : 0,
      answers: lookups.answers,
      answer_bytes: lookups.answerBytes,
      active_hours: lookups.hours,
      active_days: lookups.days,
      hosts_of_domain: lookups.hostsOfZone,
      resolvers: lookups.resolvers,
      resolver_bypassed: look.bypassed,
      visited_share: look.outcome.visited ?? look.outcome.reached ?? -1,
      no_such_name_share: look.outcome.missing,
    },
    tlp: index.tlpOf(evidence),
  };
}

function caveatsOf(lookups: Lookups, look: Appearance, weighed: Weighed): string[] {
  const caveats = [say("dns-tunnel.what-name-carries-upper"), say("dns-tunnel.program-looks-up-digests")];
  if (weighed.shape === "polling")
    caveats[0] = "The interval and the content of the answers were not decoded.";
  if (lookups.answered === 0) caveats.push(say("dns-tunnel.log-has-no-answers"));
  if (look.outcome.visited === undefined && look.outcome.reached === undefined)
    caveats.push(say("dns-tunnel.logs-do-not-show.2"));
  if (look.reserved !== undefined) caveats.push(say("dns-tunnel.finding-stays-low", look.reserved));
  if (look.asksForTexts) caveats.push(say("dns-tunnel.host-looks-like-mail"));
  return caveats;
}
