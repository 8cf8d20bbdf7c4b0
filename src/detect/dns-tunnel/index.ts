import { rfc3339 } from "../../kernel/time.js";
import { type ExplanationArg, type Finding, findingId, severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { EvidenceIndex, type EvidencePair } from "../shared/evidence.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { providerList } from "../shared/providers.js";
import { knownUses } from "./known-uses.js";
import {
  dohHosts,
  type Lookups,
  ordinaryNames,
  readLookups,
  textZones,
  unusualResolvers,
} from "./lookups.js";
import { manifest } from "./manifest.js";
import { type Appearance, type Thresholds, type Weighed, weighNames, weighPolling } from "./score.js";
import { below, LetterModel } from "./text.js";
import { readZones } from "./zones.js";

export const detector: Detector = { manifest, run };

interface Candidate {
  lookups: Lookups;
  look: Appearance;
  weighed: Weighed;
}

/** Names in a finding's evidence; the first time each was asked for. */
const EVIDENCE_NAMES = 8;

async function run(context: DetectContext): Promise<DetectorResult> {
  if (!(await knowsInside(context))) return { findings: [], evaluated: [], notTested: NO_INSIDE };
  const [all] = await context.query<{ n: number | string }>("SELECT count() AS n FROM dns_activity");
  const zones = await readZones(context);
  const lookups = zones.weighed.length === 0 ? [] : await readLookups(context, zones.weighed);
  const { candidates, byForm } = await weigh(context, lookups, Number(all?.n ?? 0));
  const reported = candidates
    .filter(({ weighed }) => severityRank(weighed.severity) > 0)
    .sort(
      (a, b) =>
        severityRank(b.weighed.severity) - severityRank(a.weighed.severity) ||
        b.weighed.score - a.weighed.score ||
        a.lookups.zone.localeCompare(b.lookups.zone) ||
        a.lookups.host.localeCompare(b.lookups.host),
    );
  const kept = reported.slice(0, context.parameter("max_findings"));
  const index = await EvidenceIndex.load(
    context,
    kept.map((each) => evidencePair(each.lookups)),
    kept.flatMap((each) => evidenceNames(each.lookups)),
  );
  return {
    findings: kept.map((each) => makeFinding(context, each, index)),
    evaluated: [
      { what: "look-ups", count: Number(all?.n ?? 0) },
      { what: "domains of providers and known uses set aside", count: zones.known },
      { what: "domains that many hosts look up set aside", count: zones.popular },
      { what: "allowed domains set aside", count: zones.allowed },
      { what: "local names and reverse look-ups set aside", count: zones.local },
      { what: "hosts' look-ups of a domain weighed", count: lookups.length },
      { what: "set aside by the form of their names", count: byForm },
      { what: "hosts with DNS over HTTPS (not visible)", count: await dohHosts(context, knownUses().doh) },
      { what: "not reported (beyond max_findings)", count: reported.length - kept.length },
    ],
  };
}

async function weigh(
  context: DetectContext,
  lookups: readonly Lookups[],
  rows: number,
): Promise<{ candidates: Candidate[]; byForm: number }> {
  if (lookups.length === 0) return { candidates: [], byForm: 0 };
  const model = new LetterModel([...providerNames(), ...(await ordinaryNames(context, rows))]);
  const unusual = await unusualResolvers(
    context,
    lookups.flatMap((each) => each.resolvers),
  );
  const texts = await textZones(
    context,
    lookups.map((each) => each.host),
  );
  const limits = thresholds(context);
  const candidates: Candidate[] = [];
  let byForm = 0;
  for (const each of lookups) {
    const fronts = each.sample.map((name) => below(name, each.zone)).filter((front) => front !== "");
    const form = knownUses().formOf(fronts);
    if (form?.action === "drop") {
      byForm += 1;
      continue;
    }
    const look: Appearance = {
      strangeness: model.strangeness(fronts),
      length: fronts.reduce((sum, front) => sum + front.length, 0) / Math.max(1, fronts.length),
      capped: form !== undefined,
      bypassed: each.resolvers.some((resolver) => unusual.has(resolver)),
      asksForTexts: (texts.get(`${each.realm} ${each.host}`) ?? 0) > context.parameter("max_text_zones"),
    };
    const names = weighNames(each, look, limits);
    const polling = weighPolling(each, look, limits);
    const weighed = severityRank(polling.severity) > severityRank(names.severity) ? polling : names;
    candidates.push({ lookups: each, look, weighed });
  }
  return { candidates, byForm };
}

function thresholds(context: DetectContext): Thresholds {
  return {
    minNames: context.parameter("min_names"),
    minPolls: context.parameter("min_polls"),
    evidenceNames: context.parameter("evidence_names"),
    evidenceBytes: context.parameter("evidence_bytes"),
    maxHosts: context.parameter("max_hosts"),
  };
}

/** What names look like before the case has said much: those of large providers. */
function providerNames(): string[] {
  return providerList().providers.flatMap(({ domains }) =>
    domains.map((domain) => domain.slice(0, domain.lastIndexOf("."))),
  );
}

function evidencePair({ realm, host, first, last }: Lookups): EvidencePair {
  return { realm, host, server: "", from: first, to: last };
}

function evidenceNames({ sample }: Lookups): string[] {
  return sample.slice(0, EVIDENCE_NAMES);
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
    title: `${lookups.host} asked the DNS for ${what} ${lookups.zone}`,
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
    },
    tlp: index.tlpOf(evidence),
  };
}

function caveatsOf(lookups: Lookups, look: Appearance, weighed: Weighed): string[] {
  const caveats = [
    "What a name carries is an upper bound of five bits a character; the log does not hold the answers' whole content.",
    "A program that looks up digests or numbers its messages (reputation, telemetry, measurement) asks for such names too: ask who runs the domain.",
  ];
  if (weighed.shape === "polling")
    caveats[0] = "The interval and the content of the answers were not decoded.";
  if (lookups.answered === 0) caveats.push("The log has no answers, so what came back is not known.");
  if (look.capped) caveats.push("The names have a form that telemetry uses, too, so the finding stays low.");
  if (look.asksForTexts)
    caveats.push("The host looks like a mail server or resolver: the queries may be those of another host.");
  return caveats;
}
