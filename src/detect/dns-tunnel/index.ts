import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { providerList } from "../shared/providers.js";
import { type Candidate, findingsOf } from "./findings.js";
import { knownUses, type NameForm } from "./known-uses.js";
import {
  dohHosts,
  type Lookups,
  ordinaryNames,
  readLookups,
  textZones,
  unusualResolvers,
} from "./lookups.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type Outcome, outcomesOf } from "./outcomes.js";
import {
  type Appearance,
  judgeNames,
  type Thresholds,
  type Weighed,
  weighNames,
  weighPolling,
} from "./score.js";
import { below, LetterModel } from "./text.js";
import { readZones } from "./zones.js";

export const detector: Detector = { manifest, run };

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
  return {
    findings: await findingsOf(context, kept),
    evaluated: [
      { what: "look-ups", count: Number(all?.n ?? 0) },
      { what: say("dns-tunnel.domains-providers-known-uses"), count: zones.known },
      { what: say("dns-tunnel.domains-many-hosts-look"), count: zones.popular },
      { what: say("dns-tunnel.allowed-domains-set-aside"), count: zones.allowed },
      { what: say("dns-tunnel.local-names-reverse-look"), count: zones.local },
      { what: say("dns-tunnel.hosts-look-ups-domain"), count: lookups.length },
      { what: say("dns-tunnel.set-aside-by-form"), count: byForm },
      { what: say("dns-tunnel.set-aside-because-names"), count: candidates.filter(wasVisited).length },
      { what: say("dns-tunnel.hosts-dns-over-https"), count: await dohHosts(context, knownUses().doh) },
      { what: say("dns-tunnel.not-reported-beyond-max"), count: reported.length - kept.length },
    ],
  };
}

function wasVisited({ look }: Candidate): boolean {
  return look.ordinary && (look.outcome.visited ?? 0) > 0;
}

/** Candidates of which it is asked what came of their names, most telling first. */
const MOST_ASKED = 500;
/** Until it is known: nothing that speaks for harmlessness. */
const NOT_ASKED: Outcome = { visited: 0, reached: 0, loopback: 0, missing: 0 };

interface Seen {
  lookups: Lookups;
  fronts: string[];
  form: NameForm | undefined;
  look: Appearance;
}

async function weigh(
  context: DetectContext,
  lookups: readonly Lookups[],
  rows: number,
): Promise<{ candidates: Candidate[]; byForm: number }> {
  if (lookups.length === 0) return { candidates: [], byForm: 0 };
  const limits = thresholds(context);
  const { seen, byForm } = await look(context, lookups, rows);
  // What came of the names costs a query over the connections: it is asked where it can make a difference.
  const first = seen
    .map((each) => ({ each, weighed: weighBoth(each, limits) }))
    .filter(({ weighed }) => severityRank(weighed.severity) > 0)
    .sort((a, b) => b.weighed.score - a.weighed.score)
    .slice(0, MOST_ASKED)
    .map(({ each }) => each);
  const outcomes = await outcomesOf(
    context,
    first.map((each) => each.lookups),
  );
  const candidates = first.map((each, at): Candidate => {
    const outcome = outcomes[at] ?? NOT_ASKED;
    const judged = judgeNames(each.lookups, each.fronts, outcome, each.form && sentenceOf(each.form));
    const known = { ...each, look: { ...each.look, ...judged, outcome } };
    return { lookups: each.lookups, look: known.look, weighed: weighBoth(known, limits) };
  });
  return { candidates, byForm };
}

function weighBoth({ lookups, look }: Seen, limits: Thresholds): Weighed {
  const names = weighNames(lookups, look, limits);
  const polling = weighPolling(lookups, look, limits);
  return severityRank(polling.severity) > severityRank(names.severity) ? polling : names;
}

function sentenceOf({ use }: NameForm): string {
  return `The names have a form that telemetry uses, too (${use}).`;
}

async function look(
  context: DetectContext,
  lookups: readonly Lookups[],
  rows: number,
): Promise<{ seen: Seen[]; byForm: number }> {
  const model = new LetterModel([...providerNames(), ...(await ordinaryNames(context, rows))]);
  const unusual = await unusualResolvers(
    context,
    lookups.flatMap((each) => each.resolvers),
  );
  const texts = await textZones(
    context,
    lookups.map((each) => each.host),
  );
  const seen = lookups.map((each): Seen => {
    const fronts = each.sample.map((name) => below(name, each.zone)).filter((front) => front !== "");
    const form = knownUses().formOf(fronts);
    return {
      lookups: each,
      fronts,
      form,
      look: {
        strangeness: model.strangeness(fronts),
        length: fronts.reduce((sum, front) => sum + front.length, 0) / Math.max(1, fronts.length),
        bypassed: each.resolvers.some((resolver) => unusual.has(resolver)),
        asksForTexts: (texts.get(`${each.realm} ${each.host}`) ?? 0) > context.parameter("max_text_zones"),
        outcome: NOT_ASKED,
        ...judgeNames(each, fronts, NOT_ASKED, form && sentenceOf(form)),
      },
    };
  });
  const kept = seen.filter(({ form }) => form?.action !== "drop");
  return { seen: kept, byForm: seen.length - kept.length };
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
