import { groupBy } from "../../kernel/group-by.js";
import { DAY, rfc3339 } from "../../kernel/time.js";
import {
  type ExplanationArg,
  type Finding,
  findingId,
  type ScoreComponent,
  type Severity,
} from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { EvidenceIndex, type EvidencePair } from "../shared/evidence.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { prevalenceOf } from "../shared/prevalence.js";
import { type Destination, knownNames, newDestinations, sensorStarts } from "./destinations.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";

export const detector: Detector = { manifest, run };

interface Scored {
  destination: Destination;
  names: string[];
  components: ScoreComponent[];
  score: number;
}

async function run(context: DetectContext): Promise<DetectorResult> {
  if (!(await knowsInside(context))) return { findings: [], evaluated: [], notTested: NO_INSIDE };
  const starts = await sensorStarts(context);
  const learning = context.parameter("learning_days") * DAY;
  const beyond = starts.filter((each) => each.end - each.start > learning);
  if (beyond.length === 0) {
    const longest = Math.max(0, ...starts.map((each) => each.end - each.start)) / DAY;
    const notTested = say(
      "first-contact.no-sensor-has-more",
      context.parameter(say("first-contact.learning-days")),
      longest.toFixed(1),
    );
    return { findings: [], evaluated: [], notTested };
  }
  const found = await newDestinations(context, starts);
  const prevalence = await prevalenceOf(
    context,
    found.map((each) => each.address),
  );
  const namesOf = (each: Destination) => prevalence.get(each.address)?.names ?? [];
  const known = await knownNames(context, [...new Set(found.flatMap(namesOf))], starts);
  const fresh = found.filter(
    (each) =>
      !namesOf(each).some((name) => known.has(name) || context.allow.domain(name)) &&
      !context.allow.address(each.address),
  );
  const scored = fresh
    .map((destination) => scoreDestination(destination, namesOf(destination)))
    .sort((a, b) => b.score - a.score || a.destination.address.localeCompare(b.destination.address));
  const reported = scored.slice(0, context.parameter("max_findings"));
  const index = await EvidenceIndex.load(
    context,
    reported.flatMap((each) => evidencePairs(each.destination, each.destination.hosts)),
  );
  const findings = reported.flatMap((each) => makeFindings(context, each, index));
  return {
    findings,
    evaluated: [
      { what: say("first-contact.sensors-more-than-learning"), count: beyond.length },
      { what: say("first-contact.new-rare-addresses-volume"), count: found.length },
      { what: say("first-contact.these-addresses-known-domains"), count: found.length - fresh.length },
      { what: say("first-contact.destinations-not-reported-beyond"), count: scored.length - reported.length },
    ],
  };
}

export function scoreDestination(destination: Destination, names: string[]): Scored {
  const megabytes = destination.bytesOut / 1e6;
  const ratio = destination.bytesOut / Math.max(1, destination.bytesIn);
  const components = [
    {
      name: "volume",
      value: Math.min(1, Math.log10(Math.max(1, megabytes)) / 3),
      weight: 0.35,
      meaning: say("first-contact.mb-sent-logarithmic-full", megabytes.toFixed(1)),
    },
    {
      name: "upload ratio",
      value: Math.min(1, Math.max(0, Math.log10(Math.max(ratio, 0.1)) / 2)),
      weight: 0.25,
      meaning: say("first-contact.times-as-much-sent", ratio.toFixed(1)),
    },
    {
      name: "persistence",
      value: Math.min(1, destination.days / 20),
      weight: 0.25,
      meaning: say("first-contact.contact-days-full-at", destination.days),
    },
    {
      name: "rarity",
      value: destination.hosts.length <= 1 ? 1 : 1 / destination.hosts.length,
      weight: 0.15,
      meaning: say("first-contact.our-hosts-contact", destination.hosts.length),
    },
  ];
  const score = components.reduce((sum, each) => sum + each.value * each.weight, 0);
  return { destination, names, components, score: Math.round(score * 1000) / 1000 };
}

/** Supporting evidence: never above medium. */
export function severityOfScore(score: number): Severity {
  if (score >= 0.7) return "medium";
  return score >= 0.4 ? "low" : "informational";
}

/** One finding for each organisation that contacts the destination, so that nobody's report names the others. */
function makeFindings(context: DetectContext, scored: Scored, index: EvidenceIndex): Finding[] {
  const { destination } = scored;
  const owner = ({ realm, host }: { realm: string; host: string }) =>
    context.directory.resolve(realm, host, destination.first)?.orgId ?? null;
  return [...groupBy(destination.hosts, owner)].map(([orgId, hosts]) =>
    makeFinding(context, scored, orgId, hosts, index),
  );
}

function evidencePairs(destination: Destination, hosts: Destination["hosts"]): EvidencePair[] {
  const { address: server, first: from, last: to } = destination;
  return hosts.map(({ realm, host }) => ({ realm, host, server, from, to }));
}

function makeFinding(
  context: DetectContext,
  { destination, names, components, score }: Scored,
  orgId: string | null,
  hosts: Destination["hosts"],
  index: EvidenceIndex,
): Finding {
  const evidence = index.of(evidencePairs(destination, hosts));
  const who =
    orgId === null ? (hosts[0]?.host ?? "") : (context.directory.organisations.get(orgId)?.name ?? orgId);
  const what = names[0] ?? destination.address;
  const tags = orgId === null ? {} : { org: orgId };
  const args: ExplanationArg[] = [
    { type: orgId === null ? "host" : "organisation", value: who, ...tags },
    { type: names.length > 0 ? "domain" : "address", value: what },
    { type: "time", value: rfc3339(destination.first) },
    { type: "number", value: Math.floor(destination.age) },
    { type: "time", value: rfc3339(destination.last) },
    { type: "number", value: destination.days },
    { type: "bytes", value: destination.bytesOut },
    { type: "bytes", value: destination.bytesIn },
    { type: "number", value: destination.hosts.length },
  ];
  return {
    id: findingId(manifest.id, orgId, orgId === null ? who : "", destination.address),
    detector: manifest.id,
    title: say("first-contact.new-rare-destination", what),
    severity: severityOfScore(score),
    score,
    components,
    first_seen: rfc3339(destination.first),
    last_seen: rfc3339(destination.last),
    org_id: orgId,
    entities: [
      { kind: "address", value: destination.address, role: "server" },
      ...names.slice(0, 5).map((value) => ({ kind: "domain" as const, value, role: "server" })),
      ...hosts.map(({ realm, host }) => ({ kind: "host" as const, value: host, realm, role: "victim" })),
    ],
    attack: ["T1071"],
    evidence,
    explanation: { key: "first-contact.new", args },
    caveats: [say("first-contact.new-destinations-ordinary-supports")],
    facts: {
      days: destination.days,
      age_days: Math.floor(destination.age),
      connections: destination.connections,
      bytes_out: destination.bytesOut,
      bytes_in: destination.bytesIn,
      ports: destination.ports,
      names,
      hosts: destination.hosts.length,
    },
    tlp: index.tlpOf(evidence),
  };
}
