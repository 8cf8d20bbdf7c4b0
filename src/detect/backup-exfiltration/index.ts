import { groupBy } from "../../kernel/group-by.js";
import type { Finding } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { watchedDays } from "../shared/cadence.js";
import { EvidenceIndex } from "../shared/evidence.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { readRhythm } from "../shared/rhythm.js";
import { loadSensorHours } from "../shared/sensor-hours.js";
import { Suspicions } from "../shared/suspicion.js";
import { destinationsOf } from "./destination.js";
import { evidencePairs, irregularFinding, surgeFinding, surgeScore } from "./finding.js";
import { Histories } from "./histories.js";
import { type Irregular, judgeIrregular, judgeSurges, type Surged, sum } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type Timed, timedUnits } from "./timed.js";
import { candidatePairs, readTransfers } from "./transfers.js";
import { areUnrelated, serversOf, unitsOf } from "./units.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  if (!(await knowsInside(context))) return { findings: [], evaluated: [], notTested: NO_INSIDE };
  const [flows] = await context.query<{ n: number }>(
    "SELECT count() AS n FROM contact_hourly WHERE channel = 'flow' AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)",
  );
  if (Number(flows?.n ?? 0) === 0)
    return { findings: [], evaluated: [], notTested: say("backup-exfiltration.no-flows-inside-hosts") };
  const sensors = await loadSensorHours(context);
  const days = watchedDays(
    sensors.up(sensors.sensors, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    0,
  );
  const least = context.parameter("least_days");
  if (days.length < least) {
    const notTested = say(
      "backup-exfiltration.telemetry-covers-what-usual",
      days.length === 1 ? say("backup-exfiltration.one-day") : say("backup-exfiltration.days", days.length),
      least,
    );
    return {
      findings: [],
      evaluated: [{ what: say("backup-exfiltration.days-sensors-watched"), count: days.length }],
      notTested,
    };
  }
  const candidates = await candidatePairs(context);
  const transfers = await readTransfers(context, candidates);
  const destinations = await destinationsOf(context, transfers);
  const units = timedUnits(unitsOf(context, transfers, destinations, candidates.rare), sensors);
  const judged = units.filter((each) => volumeOf(each) >= leastVolume(context, each));
  const irregular = await judgeAll(context, judged, units);
  const surged = judged
    .flatMap((each) => judgeSurges(each, context) ?? [])
    .sort((a, b) => surgeScore(b) - surgeScore(a));
  const reported = irregular
    .filter(({ score }) => score.score >= context.parameter("min_score"))
    .sort((a, b) => b.score.score - a.score.score || b.score.beyond - a.score.beyond);
  const most = context.parameter("max_findings");
  const told = reported.slice(0, most);
  const findings = await findingsOf(context, told, surged.slice(0, most - told.length));
  return {
    findings,
    evaluated: [
      { what: say("backup-exfiltration.hourly-contacts-volumes"), count: Number(flows?.n ?? 0) },
      { what: say("backup-exfiltration.pairs-host-address-uploads"), count: candidates.pairs.length },
      { what: say("backup-exfiltration.pairs-not-looked-at"), count: candidates.beyond },
      { what: say("backup-exfiltration.destinations-by-organisation-enough"), count: judged.length },
      { what: say("backup-exfiltration.these-weighed-as-irregular"), count: irregular.length },
      {
        what: say("backup-exfiltration.these-popular-or-organisation"),
        count: judged.length - irregular.length,
      },
      {
        what: say("backup-exfiltration.these-too-few-other"),
        count: irregular.filter(({ score }) => score.history !== "long").length,
      },
      {
        what: say("backup-exfiltration.regular-jobs-looked-through"),
        count: judged.filter(
          (each) => isJob(context, each) && each.days.length >= context.parameter("surge_days"),
        ).length,
      },
      {
        what: say("backup-exfiltration.findings-not-reported-beyond"),
        count: reported.length + surged.length - findings.length,
      },
    ],
  };
}

function volumeOf({ unit }: Timed): number {
  return sum(unit.uploads.map(({ out }) => out));
}

function leastVolume(context: DetectContext, { unit }: Timed): number {
  return context.parameter(unit.destination.kind === "provider" ? "provider_min_bytes" : "min_bytes");
}

function isJob(context: DetectContext, { job }: Timed): boolean {
  return (job.likeness ?? 0) >= context.parameter("job_likeness");
}

/**
 * Weighs the uploads to rare destinations. What many hosts of one organisation use is its own service, and what many hosts use at all a
 * popular one, unless another detector suspects it.
 */
async function judgeAll(
  context: DetectContext,
  judged: readonly Timed[],
  all: readonly Timed[],
): Promise<Irregular[]> {
  const suspicions = new Suspicions(context.findings);
  const weighed = judged
    .map((each) => ({ each, suspected: suspicions.about(serversOf(each.unit)) }))
    .filter(
      ({ each, suspected }) => suspected.length > 0 || (each.unit.rare && !isOwnService(context, each)),
    );
  const byDestination = groupBy(all, destinationKey);
  const jobs = all.filter((each) => isJob(context, each));
  const histories = await Histories.load(
    context,
    weighed.map(({ each }) => each),
    jobs,
  );
  const rhythm = await readRhythm(context);
  const limits = {
    jobLikeness: context.parameter("job_likeness"),
    mediumBytes: context.parameter("medium_bytes"),
    largeBytes: context.parameter("large_bytes"),
    comparedDays: context.parameter("compared_days"),
  };
  return weighed.map(({ each, suspected }) => {
    const others = (byDestination.get(destinationKey(each)) ?? []).filter((other) =>
      areUnrelated(each.unit, other.unit),
    );
    return judgeIrregular(each, { others, histories, suspected, rhythm, limits });
  });
}

function isOwnService(context: DetectContext, { unit }: Timed): boolean {
  return unit.hosts.length > context.parameter("max_org_hosts");
}

function destinationKey({ unit: { destination } }: Timed): string {
  return `${destination.kind}\n${destination.value}`;
}

/** Irregular uploads first, both by score; evidence for all in a few queries. */
async function findingsOf(
  context: DetectContext,
  irregular: readonly Irregular[],
  surged: readonly Surged[],
): Promise<Finding[]> {
  const units = [...irregular, ...surged].map((each) => each.timed.unit);
  const index = await EvidenceIndex.load(context, units.flatMap(evidencePairs));
  return [
    ...irregular.map((each) => irregularFinding(context, each, index)),
    ...surged.map((each) => surgeFinding(context, each, index)),
  ];
}
