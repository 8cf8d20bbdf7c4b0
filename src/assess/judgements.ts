import { groupBy, unique } from "../kernel/group-by.js";
import { formatFixed } from "../kernel/language.js";
import { joinItems, joinList, joinSentences, LIST_LIMIT, namesArgument } from "../kernel/lists.js";
import { DAY } from "../kernel/time.js";
import { type AssessedInfrastructure, type Assessment, isActive } from "../model/assessment.js";
import type { DetectionLimits } from "../model/detection-limits.js";
import { cleanSentence } from "../model/detection-limits-words.js";
import { CONFIDENCES, type Confidence } from "../model/finding.js";
import { sectorWords } from "../model/sector-words.js";
import type { ReachedAsset } from "../model/within-reach.js";
import { likelihoodText, roleText } from "../model/words.js";
import { supportOf } from "./independence.js";
import type { AssessmentInput } from "./input.js";
import { say } from "./judgement-messages.js";
import type { OrganisationResult } from "./organisations.js";
import type { Outflow } from "./uploads.js";
import { workingHoursJudgement } from "./working-hours.js";

type Judgement = Assessment["judgements"][number];

const namesOf = (results: readonly OrganisationResult[]) =>
  namesArgument(
    "organisation",
    results.map(({ assessed }) => assessed.name),
  );

/** The weakest confidence among several: a statement about all of them is no better known than the least known. */
function least(results: readonly OrganisationResult[]): Confidence {
  return (
    CONFIDENCES[Math.min(...results.map((each) => CONFIDENCES.indexOf(each.assessed.confidence)))] ?? "low"
  );
}

/** "high", or "at least moderate" where some are better known than others. */
function atLeast(results: readonly OrganisationResult[]): string {
  const same = results.every((each) => each.assessed.confidence === least(results));
  const word = say(`judged.confidence.${least(results)}`);
  return same ? word : say("judged.confidence.at-least", word);
}

function restingOn(results: readonly OrganisationResult[]): string {
  const two = results.filter((each) => each.lines.length >= 2).length;
  if (two === 0) return say("judged.rests.listed");
  return two === results.length ? say("judged.rests.lines") : say("judged.rests.some", two, results.length);
}

/** Key judgements (ICD 203): likelihood and confidence never stand in one sentence. */
export function judgementsOf(
  input: AssessmentInput,
  results: readonly OrganisationResult[],
  infrastructure: readonly AssessedInfrastructure[],
  outflow: Outflow,
): Judgement[] {
  const of = (status: string) => results.filter((each) => each.assessed.status === status);
  const compromised = of("compromised");
  const affected = [...compromised, ...of("suspected")];
  return [
    ...compromisedJudgement(compromised),
    ...persistenceJudgement(input, compromised),
    ...volumeJudgement(affected, outflow),
    ...uploadsJudgement(outflow, infrastructure.length > 0),
    ...reachJudgement(affected),
    ...infrastructureJudgement(infrastructure),
    ...suspectedJudgement(of("suspected")),
    ...workingHoursJudgement(input.schedules),
    ...absenceJudgement(of("no_evidence"), of("contacted"), of("no_data"), input.detectionLimits),
  ];
}

function compromisedJudgement(results: readonly OrganisationResult[]): Judgement[] {
  if (results.length === 0) return [];
  const likelihoods = results.map((each) => each.assessed.likelihood);
  const lowest = Math.min(...likelihoods);
  const [word = "", other] = unique([lowest, Math.max(...likelihoods)].map(likelihoodText));
  const words = other === undefined ? word : say("judged.compromised.range", word, other);
  const where = sectorsOf(results);
  return [
    {
      statement: say("judged.compromised", results.length, where, namesOf(results), words),
      likelihood: lowest,
      confidence: least(results),
      confidence_statement: say(
        results.length === 1 ? "judged.confidence" : "judged.confidence.each",
        atLeast(results),
        restingOn(results),
      ),
      findings: findingsOf(results),
    },
  ];
}

function persistenceJudgement(input: AssessmentInput, results: readonly OrganisationResult[]): Judgement[] {
  const firsts = results.flatMap((each) => each.assessed.first_seen ?? []).sort();
  const lasts = results.flatMap((each) => each.assessed.last_seen ?? []).sort();
  const last = input.gathered.last;
  if (firsts[0] === undefined || last === undefined) return [];
  const ongoing = results.filter((each) => isActive(Date.parse(each.assessed.last_seen ?? ""), last));
  const atStart = Date.parse(firsts[0]) - (input.gathered.first ?? 0) < 2 * DAY;
  const days = [firsts[0], lasts.at(-1) ?? ""].map((time) => time.slice(0, 10));
  return [
    {
      statement: joinSentences([
        say("judged.since", ...days, ongoing.length, results.length),
        ...lastingContact(results),
        ...(atStart ? [say("judged.since.earlier")] : []),
      ]),
      likelihood: null,
      confidence: "high",
      confidence_statement: say("judged.since.confidence"),
      findings: findingsOf(results),
    },
  ];
}

/** What the detector of lasting contact says about the servers of these organisations' evidence. */
function lastingContact(results: readonly OrganisationResult[]): string[] {
  const courses = results.flatMap(({ lines, bearings }) => {
    const own = supportOf(lines, bearings).filter(({ detector }) => detector === "persistence");
    const [longest] = own.sort((a, b) => Number(b.facts.active_days) - Number(a.facts.active_days));
    return longest === undefined
      ? []
      : [{ ...longest.facts, moved: own.some(({ facts }) => Number(facts.moves) > 0) }];
  }) as { active_days: number; watched_days: number; moved: boolean }[];
  if (courses.length === 0) return [];
  const shares = courses
    .map(({ active_days, watched_days }) => active_days / Math.max(1, watched_days))
    .sort((a, b) => a - b);
  const middle = shares[shares.length >> 1] ?? 0;
  const moved = courses.filter((each) => each.moved).length;
  const survived = moved > 0 ? say("judged.since.moved", moved) : "";
  return [say("judged.since.lasting", courses.length, results.length, Math.round(middle * 100), survived)];
}

function volumeJudgement(
  results: readonly OrganisationResult[],
  { sent, received }: Pick<Outflow, "sent" | "received">,
): Judgement[] {
  if (sent <= 0) return [];
  const ratio = sent / Math.max(1, received);
  return [
    {
      statement: joinSentences([
        say("judged.volume", whoSent(results), megabytes(sent), megabytes(received)),
        ...(ratio >= 2 ? [say("judged.volume.theft")] : []),
        ...unlikeBackups(results),
      ]),
      likelihood: null,
      confidence: ratio >= 2 ? "moderate" : "low",
      confidence_statement: say("judged.volume.confidence"),
      findings: findingsOf(results),
    },
  ];
}

/** `Compromised and suspected organisations`: whoever of them there is. */
function whoSent(results: readonly OrganisationResult[]): string {
  const has = (status: string) => results.some(({ assessed }) => assessed.status === status);
  if (has("compromised") && has("suspected")) return say("judged.volume.both");
  return say(has("compromised") ? "judged.volume.compromised" : "judged.volume.suspected");
}

/** Uploads that were compared with the hosts' own history and with backup jobs; where none were, nothing is said. */
function unlikeBackups(results: readonly OrganisationResult[]): string[] {
  const findings = results.map(({ bearings }) =>
    bearings.flatMap(({ finding }) => (finding.detector === "backup-exfiltration" ? [finding] : [])),
  );
  const having = findings.filter((list) => list.length > 0).length;
  if (having === 0) return [];
  const beyond = findings.flat().reduce((sum, { facts }) => sum + Number(facts.beyond_bytes ?? 0), 0);
  return [say("judged.volume.no-backup", having, results.length, megabytes(beyond))];
}

/** What was measured as uploads to servers of which the volumes above do not tell. */
function uploadsJudgement({ elsewhere, uploaded }: Outflow, hasInfrastructure: boolean): Judgement[] {
  const uploads = elsewhere.flat();
  if (uploads.length === 0) return [];
  const days = uploads.flatMap((each) => [each.first_seen, each.last_seen]).sort();
  const destinations = unique(uploads.flatMap((each) => each.destinations.slice(0, 1)));
  const beside = hasInfrastructure ? say("judged.uploads.beside") : "";
  const span = [days[0] ?? "", days.at(-1) ?? ""].map((time) => time.slice(0, 10));
  return [
    {
      statement: say(
        "judged.uploads",
        megabytes(uploaded),
        elsewhere.length,
        ...span,
        namesArgument("domain", destinations),
        beside,
      ),
      likelihood: null,
      confidence: "moderate",
      confidence_statement: say("judged.uploads.confidence"),
      findings: unique(uploads.map(({ finding }) => finding)),
    },
  ];
}

/** Assets by what they are: their names stand with each organisation. */
function reachJudgement(results: readonly OrganisationResult[]): Judgement[] {
  const all = results.flatMap(({ assessed }) => assessed.within_reach?.assets ?? []);
  const shown = all.filter(({ ways }) => ways.some(({ way }) => way !== "contact"));
  const merely = all.filter((each) => !shown.includes(each));
  if (all.length === 0) return [];
  const unlisted = results.filter(({ assessed }) => assessed.within_reach?.listed === false).length;
  const parts = [
    ...(shown.length > 0 ? [say("judged.reach.shown", rolesOf(shown))] : []),
    ...(merely.length > 0 ? [say("judged.reach.contact", rolesOf(merely))] : []),
    ...(unlisted > 0 ? [say("judged.reach.unlisted", unlisted)] : []),
  ];
  return [
    {
      statement: joinSentences(parts),
      likelihood: null,
      confidence: shown.length > 0 ? "moderate" : "low",
      confidence_statement: say("judged.reach.confidence"),
      findings: unique(all.flatMap(({ ways }) => ways.flatMap(({ findings }) => findings))),
    },
  ];
}

/** `domain controller (2), mail server (1)`, in the order of the assets. */
function rolesOf(assets: readonly ReachedAsset[]): string {
  return joinItems(
    [...groupBy(assets, ({ role }) => role)].map(([role, list]) =>
      say("judged.reach.role", roleText(role), list.length),
    ),
  );
}

function megabytes(bytes: number): string {
  if (bytes >= 1e9) return `${formatFixed(bytes / 1e9, 1)} GB`;
  if (bytes >= 1e6) return `${formatFixed(bytes / 1e6, 1)} MB`;
  return `${formatFixed(bytes / 1e3, 1)} kB`;
}

function infrastructureJudgement(infrastructure: readonly AssessedInfrastructure[]): Judgement[] {
  if (infrastructure.length === 0) return [];
  const count = (basis: string) => infrastructure.filter((each) => each.basis === basis).length;
  const parts = (["confirmed", "suspected", "related"] as const).flatMap((basis) =>
    count(basis) === 0 ? [] : [say(`judged.infrastructure.${basis}`, count(basis))],
  );
  const suspected = infrastructure.filter((each) => each.basis !== "confirmed");
  const score = suspected.length === 0 ? null : Math.max(...suspected.map((each) => each.score));
  return [
    {
      statement: say("judged.infrastructure", infrastructure.length, joinItems(parts)),
      likelihood: null,
      confidence: count("confirmed") > 0 ? "high" : "moderate",
      confidence_statement:
        score === null
          ? say("judged.infrastructure.listed")
          : say(
              count("confirmed") === 0
                ? "judged.infrastructure.scores"
                : "judged.infrastructure.listed-and-scores",
              formatFixed(score, 2),
            ),
      findings: unique(infrastructure.flatMap((each) => each.findings)),
    },
  ];
}

function suspectedJudgement(results: readonly OrganisationResult[]): Judgement[] {
  if (results.length === 0) return [];
  const likelihood = Math.max(...results.map((each) => each.assessed.likelihood));
  return [
    {
      statement: say("judged.suspected", results.length, namesOf(results), likelihoodText(likelihood)),
      likelihood,
      confidence: least(results),
      confidence_statement: say("judged.confidence", atLeast(results), say("judged.rests.one")),
      findings: findingsOf(results),
    },
  ];
}

function absenceJudgement(
  clean: readonly OrganisationResult[],
  contacted: readonly OrganisationResult[],
  unseen: readonly OrganisationResult[],
  limits: DetectionLimits | null,
): Judgement[] {
  const judged = [...clean, ...contacted];
  if (judged.length + unseen.length === 0) return [];
  const covered = judged.length === 0 ? 0 : Math.min(...judged.map((each) => each.coverage));
  const confidence = judged.length === 0 ? "low" : least(judged);
  const parts = [
    ...(clean.length > 0 ? [say("judged.absence.clean", clean.length)] : []),
    ...(contacted.length > 0 ? [say("judged.absence.contacted", contacted.length)] : []),
    ...(unseen.length > 0 ? [say("judged.absence.unseen", unseen.length)] : []),
  ];
  return [
    {
      statement: joinSentences([...parts, ...couldHide(clean, limits)]),
      likelihood: judged.length === 0 ? null : Math.max(...judged.map((each) => each.assessed.likelihood)),
      confidence,
      confidence_statement:
        judged.length === 0
          ? say("judged.absence.no-telemetry")
          : say(
              "judged.absence.confidence",
              say(`judged.confidence.${confidence}`),
              Math.floor(covered * 100),
            ),
      findings: findingsOf(contacted),
    },
  ];
}

/** For each shape, at how many of the clean organisations it would have been found, from which strength on at the latest. */
function couldHide(clean: readonly OrganisationResult[], limits: DetectionLimits | null): string[] {
  if (limits === null) return [];
  const sentence = cleanSentence(
    limits,
    clean.map(({ assessed }) => assessed.org_id),
  );
  return sentence === undefined ? [] : [sentence];
}

function findingsOf(results: readonly OrganisationResult[]): string[] {
  return unique(results.flatMap((each) => each.bearings.map((bearing) => bearing.finding.id)));
}

/** ` in 2 sectors (defence, national government)`: the words of the tables. The inventory's finer ones stand beside each organisation, which a report for others withholds. */
function sectorsOf(results: readonly OrganisationResult[]): string {
  const sectors = unique(results.map(({ assessed }) => assessed.sector)).filter((each) => each !== "");
  return sectors.length === 0
    ? ""
    : say("judged.sectors", sectors.length, joinList(sectors.map(sectorWords), LIST_LIMIT));
}
