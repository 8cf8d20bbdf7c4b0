import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { providerList } from "../shared/providers.js";
import { readRhythm } from "../shared/rhythm.js";
import { type Candidate, selectCandidates } from "./candidates.js";
import type { Surroundings } from "./facts.js";
import { findingsOf, type Suspect } from "./findings.js";
import { examine } from "./gather.js";
import { lexicon } from "./lexicon.js";
import { LookalikeFinder } from "./lookalike.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { LADDER, LEAST_PRETENCE, scoreOf } from "./score.js";
import { addNamelessServers } from "./siblings.js";

/** At most this many sites become findings in one run; the rest is counted. A case with more is misconfigured (allow-list, inventory). */
const MOST_SUSPECTS = 300;

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const around = await surroundings(context);
    if (around.insideHosts === 0) {
      return {
        findings: [],
        evaluated: [],
        notTested: say("cloud-masquerade.no-inside-host-known"),
      };
    }
    const words = lexicon();
    const tools = { lexicon: words, lookalikes: new LookalikeFinder(providerList(), words) };
    const { candidates, weighed, index, behavioural } = await selectCandidates(
      context,
      tools,
      around.insideHosts,
    );
    const suspects = await suspectsAmong(context, candidates, around);
    const findings = await findingsOf(context, suspects.slice(0, MOST_SUSPECTS));
    return {
      findings,
      evaluated: [
        { what: "names", count: index.names },
        { what: say("cloud-masquerade.names-real-providers-left"), count: index.providerNames },
        { what: say("cloud-masquerade.names-allow-list-left"), count: index.allowedNames },
        { what: say("cloud-masquerade.rare-registrable-domains-weighed"), count: weighed },
        { what: say("cloud-masquerade.addresses-unusual-ports-or"), count: behavioural },
        { what: say("cloud-masquerade.sites-examined-detail"), count: candidates.length },
        { what: say("cloud-masquerade.sites-reported"), count: Math.min(suspects.length, MOST_SUSPECTS) },
        {
          what: say("cloud-masquerade.sites-over-limit-one"),
          count: Math.max(0, suspects.length - MOST_SUSPECTS),
        },
      ],
      ...(index.names === 0 ? { notTested: say("cloud-masquerade.no-inside-host-asked") } : {}),
    };
  },
};

async function surroundings(context: DetectContext): Promise<Surroundings> {
  const [inside] = await context.query<{ hosts: number }>(
    "SELECT uniqCombined(17)(address_realm, ip) AS hosts FROM internal_host",
  );
  const [owners] = await context.query<{ organisations: number }>(
    "SELECT uniqExact(org_id) AS organisations FROM host_organisation WHERE org_id != ''",
  );
  return {
    span: context.span,
    insideHosts: Number(inside?.hosts ?? 0),
    organisations: Number(owners?.organisations ?? 0),
  };
}

async function suspectsAmong(
  context: DetectContext,
  candidates: readonly Candidate[],
  around: Surroundings,
): Promise<Suspect[]> {
  const least = context.parameter("min_score");
  const connections = context.parameter("min_connections");
  const suspects = (await examine(context, candidates, await readRhythm(context)))
    .filter(({ facts }) => facts.connections >= connections)
    .map((examined) => ({ ...examined, score: scoreOf(examined.facts, around) }))
    // What pretends nothing is no masquerade: it is only worth a word if everything else about it is odd.
    .filter(
      ({ score }) => score.score >= (score.pretence < LEAST_PRETENCE ? Math.max(least, LADDER[1]) : least),
    )
    .sort((a, b) => b.score.score - a.score.score || (a.facts.domain < b.facts.domain ? -1 : 1));
  await addNamelessServers(context, suspects);
  return suspects;
}
