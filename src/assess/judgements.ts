import { groupBy, unique } from "../kernel/group-by.js";
import { DAY } from "../kernel/time.js";
import {
  type AssessedInfrastructure,
  type Assessment,
  isActive,
  likelihoodWord,
} from "../model/assessment.js";
import type { DetectionLimits } from "../model/detection-limits.js";
import { cleanSentence } from "../model/detection-limits-words.js";
import { CONFIDENCES, type Confidence } from "../model/finding.js";
import { sectorWords } from "../model/sector-words.js";
import type { ReachedAsset } from "../model/within-reach.js";
import { supportOf } from "./independence.js";
import type { AssessmentInput } from "./input.js";
import type { OrganisationResult } from "./organisations.js";
import type { Outflow } from "./uploads.js";
import { nameList, plural } from "./words.js";
import { workingHoursJudgement } from "./working-hours.js";

type Judgement = Assessment["judgements"][number];

const namesOf = (results: readonly OrganisationResult[]) =>
  nameList(results.map(({ assessed }) => assessed.name));

/** The weakest confidence among several: a statement about all of them is no better known than the least known. */
function least(results: readonly OrganisationResult[]): Confidence {
  return (
    CONFIDENCES[Math.min(...results.map((each) => CONFIDENCES.indexOf(each.assessed.confidence)))] ?? "low"
  );
}

/** "high", or "at least moderate" where some are better known than others. */
function atLeast(results: readonly OrganisationResult[]): string {
  const same = results.every((each) => each.assessed.confidence === least(results));
  return same ? least(results) : `at least ${least(results)}`;
}

function restingOn(results: readonly OrganisationResult[]): string {
  const two = results.filter((each) => each.lines.length >= 2).length;
  const listed = "persistent contact with infrastructure that the watch list states";
  if (two === 0) return `the evidence is ${listed}`;
  if (two === results.length) return "two or more independent lines of evidence agree";
  return `${two} of ${results.length} rest on two or more independent lines of evidence, the others on ${listed}`;
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
  const words = unique([lowest, Math.max(...likelihoods)].map(likelihoodWord)).join(" to ");
  const where = sectorsOf(results);
  return [
    {
      statement: `${plural(results.length, "organisation", "organisations")}${where} ${results.length === 1 ? "is" : "are"} assessed as compromised: ${namesOf(results)}. ${results.length === 1 ? "This" : "For each of them this"} is ${words}.`,
      likelihood: lowest,
      confidence: least(results),
      confidence_statement: `Confidence is ${atLeast(results)}${results.length === 1 ? "" : " for each"}: ${restingOn(results)}.`,
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
  const earlier = atStart ? " Contact was there when the telemetry begins, so it may be older." : "";
  return [
    {
      statement: `Contact was first seen on ${firsts[0].slice(0, 10)} and last on ${lasts.at(-1)?.slice(0, 10)}. In the last seven days of the telemetry it was still going on at ${ongoing.length} of ${plural(results.length, "compromised organisation", "compromised organisations")}.${lastingContact(results)}${earlier}`,
      likelihood: null,
      confidence: "high",
      confidence_statement:
        "Confidence in these dates is high: they are read from the logs, and silence is counted only where a sensor was up.",
      findings: findingsOf(results),
    },
  ];
}

/** What the detector of lasting contact says about the servers of these organisations' evidence. */
function lastingContact(results: readonly OrganisationResult[]): string {
  const courses = results.flatMap(({ lines, bearings }) => {
    const own = supportOf(lines, bearings).filter(({ detector }) => detector === "persistence");
    const [longest] = own.sort((a, b) => Number(b.facts.active_days) - Number(a.facts.active_days));
    return longest === undefined
      ? []
      : [{ ...longest.facts, moved: own.some(({ facts }) => Number(facts.moves) > 0) }];
  }) as { active_days: number; watched_days: number; moved: boolean }[];
  if (courses.length === 0) return "";
  const shares = courses
    .map(({ active_days, watched_days }) => active_days / Math.max(1, watched_days))
    .sort((a, b) => a - b);
  const middle = shares[shares.length >> 1] ?? 0;
  const moved = courses.filter((each) => each.moved).length;
  return ` At ${courses.length} of ${results.length} it lasted for weeks, on ${Math.round(middle * 100)} % of the watched days between first and last contact (median)${moved > 0 ? `; at ${moved} it survived a change of the server's address` : ""}.`;
}

function volumeJudgement(
  results: readonly OrganisationResult[],
  { sent, received }: Pick<Outflow, "sent" | "received">,
): Judgement[] {
  if (sent <= 0) return [];
  const ratio = sent / Math.max(1, received);
  const shape =
    ratio >= 2
      ? " Much more was sent than received, which is what theft of data looks like, and also what backups look like."
      : "";
  return [
    {
      statement: `${whoSent(results)} sent ${megabytes(sent)} to this infrastructure and received ${megabytes(received)}.${shape}${unlikeBackups(results)}`,
      likelihood: null,
      confidence: ratio >= 2 ? "moderate" : "low",
      confidence_statement:
        "The volumes are measured; what they contained is not known from network logs, so confidence in what they mean is limited.",
      findings: findingsOf(results),
    },
  ];
}

/** `Compromised and suspected organisations`: whoever of them there is. */
function whoSent(results: readonly OrganisationResult[]): string {
  const words = unique(results.map(({ assessed }) => assessed.status)).join(" and ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} organisations`;
}

/** Uploads that were compared with the hosts' own history and with backup jobs; where none were, nothing is said. */
function unlikeBackups(results: readonly OrganisationResult[]): string {
  const findings = results.map(({ bearings }) =>
    bearings.flatMap(({ finding }) => (finding.detector === "backup-exfiltration" ? [finding] : [])),
  );
  const having = findings.filter((list) => list.length > 0).length;
  if (having === 0) return "";
  const beyond = findings.flat().reduce((sum, { facts }) => sum + Number(facts.beyond_bytes ?? 0), 0);
  return ` At ${having} of ${results.length} the uploads have no backup job's rhythm, and ${megabytes(beyond)} of them lie beyond what the same hosts send in the same hours of other days.`;
}

/** What was measured as uploads to servers of which the volumes above do not tell. */
function uploadsJudgement({ elsewhere, uploaded }: Outflow, hasInfrastructure: boolean): Judgement[] {
  const uploads = elsewhere.flat();
  if (uploads.length === 0) return [];
  const days = uploads.flatMap((each) => [each.first_seen, each.last_seen]).sort();
  const destinations = unique(uploads.flatMap((each) => each.destinations.slice(0, 1)));
  const beside = hasInfrastructure ? ", beside what was sent to the infrastructure of this case" : "";
  return [
    {
      statement: `At least ${megabytes(uploaded)} left ${plural(elsewhere.length, "organisation", "organisations")} between ${days[0]?.slice(0, 10)} and ${days.at(-1)?.slice(0, 10)} in uploads to ${nameList(destinations)}${beside}. This is consistent with theft of data, and with transfers that somebody ordered.`,
      likelihood: null,
      confidence: "moderate",
      confidence_statement:
        "The volumes are measured, and of uploads to one destination only the largest counts; what they contained is not known, so confidence in what they mean is limited.",
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
    ...(shown.length > 0 ? [`Within reach, as findings show: ${rolesOf(shown)}.`] : []),
    ...(merely.length > 0
      ? [`In contact with affected hosts, and so perhaps within reach: ${rolesOf(merely)}.`]
      : []),
    ...(unlisted > 0
      ? [
          `No asset list names machines of ${plural(unlisted, "organisation", "organisations")}: what was within reach there cannot be said.`,
        ]
      : []),
  ];
  return [
    {
      statement: parts.join(" "),
      likelihood: null,
      confidence: shown.length > 0 ? "moderate" : "low",
      confidence_statement:
        "That these assets could be reached is read from findings and connections; whether anything on them was read or taken is not known, so confidence in what it means is limited.",
      findings: unique(all.flatMap(({ ways }) => ways.flatMap(({ findings }) => findings))),
    },
  ];
}

/** `domain controller (2), mail server (1)`, in the order of the assets. */
function rolesOf(assets: readonly ReachedAsset[]): string {
  return [...groupBy(assets, ({ role }) => role)]
    .map(([role, list]) => `${role === "other" ? "other asset" : role.replaceAll("_", " ")} (${list.length})`)
    .join(", ");
}

function megabytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e3).toFixed(1)} kB`;
}

function infrastructureJudgement(infrastructure: readonly AssessedInfrastructure[]): Judgement[] {
  if (infrastructure.length === 0) return [];
  const count = (basis: string) => infrastructure.filter((each) => each.basis === basis).length;
  const groups = [
    ["confirmed", "on the watch list or led to by it"],
    ["suspected", "found by behaviour"],
    ["related", "related to these"],
  ] as const;
  const parts = groups.flatMap(([basis, what]) => (count(basis) === 0 ? [] : [`${count(basis)} ${what}`]));
  const suspected = infrastructure.filter((each) => each.basis !== "confirmed");
  const score = suspected.length === 0 ? null : Math.max(...suspected.map((each) => each.score));
  return [
    {
      statement: `The activity uses ${plural(infrastructure.length, "name, address or certificate", "names, addresses and certificates")}: ${parts.join(", ")}.`,
      likelihood: null,
      confidence: count("confirmed") > 0 ? "high" : "moderate",
      confidence_statement:
        score === null
          ? "Confidence is that of the watch list's sources."
          : count("confirmed") === 0
            ? `Confidence rests on scores of up to ${score.toFixed(2)}, which an analyst should check.`
            : `Confidence is that of the watch list's sources for the first group; for the others it rests on scores of up to ${score.toFixed(2)}, which an analyst should check.`,
      findings: unique(infrastructure.flatMap((each) => each.findings)),
    },
  ];
}

function suspectedJudgement(results: readonly OrganisationResult[]): Judgement[] {
  if (results.length === 0) return [];
  const likelihood = Math.max(...results.map((each) => each.assessed.likelihood));
  return [
    {
      statement: `${plural(results.length, "organisation is", "organisations are")} suspected of being compromised, on one line of evidence${results.length === 1 ? "" : " each"}: ${namesOf(results)}. ${results.length === 1 ? "This is" : "At most this is"} ${likelihoodWord(likelihood)}.`,
      likelihood,
      confidence: least(results),
      confidence_statement: `Confidence is ${atLeast(results)}: a single line of evidence can have a single innocent cause.`,
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
    ...(clean.length > 0 ? [`no evidence for ${plural(clean.length, "organisation", "organisations")}`] : []),
    ...(contacted.length > 0 ? [`only visits or scans for ${contacted.length}`] : []),
    ...(unseen.length > 0
      ? [
          `no data about ${unseen.length}, so nothing can be said about ${unseen.length === 1 ? "it" : "them"}`,
        ]
      : []),
  ];
  const sentence = parts.join("; ");
  return [
    {
      statement: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${couldHide(clean, limits)}`,
      likelihood: judged.length === 0 ? null : Math.max(...judged.map((each) => each.assessed.likelihood)),
      confidence,
      confidence_statement:
        judged.length === 0
          ? "There is no telemetry about these, and so no confidence in any statement about them."
          : `Confidence that these were left alone is ${confidence}: their sensors were up for at least ${Math.floor(covered * 100)} % of the time, and an intruder who uses other servers is not seen by these detectors.`,
      findings: findingsOf(contacted),
    },
  ];
}

/** For each shape, at how many of the clean organisations it would have been found, from which strength on at the latest. */
function couldHide(clean: readonly OrganisationResult[], limits: DetectionLimits | null): string {
  if (limits === null) return "";
  const sentence = cleanSentence(
    limits,
    clean.map(({ assessed }) => assessed.org_id),
  );
  return sentence === undefined ? "" : ` ${sentence}`;
}

function findingsOf(results: readonly OrganisationResult[]): string[] {
  return unique(results.flatMap((each) => each.bearings.map((bearing) => bearing.finding.id)));
}

/** ` in 2 sectors (defence, national government)`: the words of the tables. The inventory's finer ones stand beside each organisation, which a report for others withholds. */
function sectorsOf(results: readonly OrganisationResult[]): string {
  const sectors = unique(results.map(({ assessed }) => assessed.sector)).filter((each) => each !== "");
  return sectors.length === 0
    ? ""
    : ` in ${plural(sectors.length, "sector", "sectors")} (${nameList(sectors.map(sectorWords))})`;
}
