import type { ScoreComponent, Severity } from "../../model/finding.js";
import { clamp } from "../shared/robust.js";
import { shareBeyond, type Usual } from "./history.js";
import type { JobLikeness } from "./job.js";
import type { Episode } from "./uploads.js";

/** Everything that the score of irregular uploads is made of. Bytes. */
export interface Facts {
  episodes: readonly (Episode & { own: Usual; organisation: Usual })[];
  uploadDays: number;
  bytesOut: number;
  bytesIn: number;
  job: JobLikeness;
  /** Hosts of the organisation that upload there. */
  hosts: number;
  /** Other hosts of the organisation whose largest upload day reaches the largest day of this destination; undefined: no inventory. */
  peersAbove: number | undefined;
  /** Most days with contact, and hours of the day with contact, of one uploading host. */
  contactDays: number;
  contactHours: number;
  /** Other organisations (or hosts without one) that upload there, and how many of these do it as a backup job does. */
  others: number;
  othersWithJob: number;
  provider: boolean;
  shared: boolean;
}

export interface Limits {
  jobLikeness: number;
  mediumBytes: number;
  largeBytes: number;
  comparedDays: number;
}

export interface Score {
  score: number;
  severity: Severity;
  components: ScoreComponent[];
  /** Bytes beyond what nine of ten other days had. */
  beyond: number;
  history: "long" | "short" | "none";
}

/** Least score for low and for medium; high needs everything of medium and this. */
const LOW = 0.35;
const MEDIUM = 0.55;
const HIGH = 0.8;
/** Strength from which contact between the uploads counts as kept by a machine. */
const KEPT = 0.5;

/**
 * score = Σ weight × value × (1 − 0.8 × likeness to a job) × (1 − 0.5 × share of others for whom it is a backup provider), then the
 * severity of the ladder, at most what {@link capOf} allows.
 */
export function scoreOf(facts: Facts, limits: Limits): Score {
  const compared = Math.min(...facts.episodes.map((each) => each.own.days));
  const history = compared === 0 ? "none" : compared < limits.comparedDays ? "short" : "long";
  const own = shareBeyond(facts.episodes.map(({ out, own: usual }) => ({ out, usual })));
  const beyond = own * facts.episodes.reduce((sum, each) => sum + each.out, 0);
  const addends = addendsOf(facts, own);
  const lowering = loweringOf(facts);
  const sum = addends.reduce((total, { value, weight }) => total + value * weight, 0);
  const factor = lowering.reduce((product, { value, weight }) => product * (1 - value * weight), 1);
  const score = Math.round(clamp(sum * factor) * 1000) / 1000;
  const cap = capOf(facts, limits, { history, own, beyond });
  const reached: Severity =
    score >= HIGH ? "high" : score >= MEDIUM ? "medium" : score >= LOW ? "low" : "informational";
  const isCapped = cap !== undefined && (reached === "high" || reached === "medium");
  return {
    score,
    severity: isCapped ? "low" : reached,
    components: [
      ...addends,
      ...lowering,
      ...(isCapped ? [{ name: "at most low", value: 1, weight: 0, meaning: cap }] : []),
    ],
    beyond: Math.round(beyond),
    history,
  };
}

function addendsOf(facts: Facts, own: number): ScoreComponent[] {
  const organisation = shareBeyond(facts.episodes.map(({ out, organisation: usual }) => ({ out, usual })));
  const ratio = facts.bytesOut / Math.max(1, facts.bytesIn);
  const megabytes = facts.bytesOut / 1e6;
  const component = (name: string, weight: number, value: number, meaning: string): ScoreComponent => ({
    name,
    value: Math.round(clamp(value) * 1000) / 1000,
    weight,
    meaning,
  });
  return [
    component(
      "volume",
      0.15,
      Math.log10(Math.max(1, megabytes / 10)) / 2,
      `${megabytes.toFixed(0)} MB sent; logarithmic, nothing at 10 MB, full at 1 GB`,
    ),
    component(
      "upload ratio",
      0.1,
      Math.log10(Math.max(1, ratio / 2)),
      `${ratio >= 10 ? Math.round(ratio) : ratio.toPrecision(2)} times as much sent as received, all contact together; full at 20`,
    ),
    component(
      "own history",
      0.25,
      own,
      `${percent(own)} of the volume lies beyond what the same hosts sent in the same hours on nine of ten other days`,
    ),
    component(
      "organisation's history",
      0.1,
      organisation,
      `${percent(organisation)} lies beyond what the whole organisation sent in the same hours on nine of ten other days`,
    ),
    component(
      "peers",
      0.1,
      facts.peersAbove === undefined ? 0 : 1 - facts.peersAbove / 5,
      facts.peersAbove === undefined
        ? "nobody knows whose hosts these are: no peers to compare with"
        : `${facts.peersAbove} other hosts of the organisation ever sent as much on one day; nothing at 5`,
    ),
    component(
      "kept contact",
      0.15,
      keptContact(facts),
      `contact on ${facts.contactDays} days in ${facts.contactHours} hours of the day, uploads on ${facts.uploadDays} days`,
    ),
    component(
      "other organisations",
      0.1,
      (facts.others - facts.othersWithJob) / 3,
      `${facts.others - facts.othersWithJob} others upload to it without a backup's rhythm; full at 3`,
    ),
    component(
      "recurrence",
      0.05,
      (facts.uploadDays - 1) / 4,
      `uploads on ${facts.uploadDays} days; full at 5`,
    ),
  ];
}

/** A machine keeps contact round the clock and on many days without upload; a person comes when there is something to send. */
function keptContact(facts: Facts): number {
  const hours = clamp((facts.contactHours - 12) / 10);
  return hours * clamp((facts.contactDays / Math.max(1, facts.uploadDays) - 1.5) / 1.5);
}

function loweringOf(facts: Facts): ScoreComponent[] {
  const job = facts.job.likeness ?? 0;
  const provided = facts.others === 0 ? 0 : facts.othersWithJob / facts.others;
  return [
    {
      name: "against: like a backup job",
      value: Math.round(job * 1000) / 1000,
      weight: 0.8,
      meaning: `comes when due ${percent(facts.job.cadence)}, at the same hour ${percent(facts.job.start)}, even sizes ${percent(facts.job.steadiness)}`,
    },
    {
      name: "against: a backup provider to others",
      value: Math.round(provided * 1000) / 1000,
      weight: 0.5,
      meaning: `${facts.othersWithJob} of ${facts.others} others back up to it on a schedule`,
    },
  ].filter(({ value }) => value > 0);
}

/** Why these uploads wake nobody up; undefined where nothing is in the way of medium. */
function capOf(
  facts: Facts,
  limits: Limits,
  { history, own, beyond }: { history: Score["history"]; own: number; beyond: number },
): string | undefined {
  if (facts.provider) return "A known provider's service: what people and programs do there looks the same.";
  if (facts.shared) return "The address serves many unrelated domains: it is not known whose the volume is.";
  if (facts.job.likeness === undefined)
    return `Uploads on ${facts.uploadDays} days only: a single transfer may be anybody's errand.`;
  if (facts.job.likeness >= limits.jobLikeness) return "The uploads have the rhythm of a backup job.";
  if (history !== "long")
    return `Fewer than ${limits.comparedDays} other days to compare with: the history is too short.`;
  if (own < 0.5) return "Most of the volume is within what these hosts send in these hours anyway.";
  if (beyond < limits.mediumBytes) return "The volume beyond the expected is small.";
  if (facts.othersWithJob * 2 > facts.others) return "It is a backup provider to most of its other users.";
  const isAccompanied = keptContact(facts) >= KEPT || facts.others - facts.othersWithJob > 0;
  if (!isAccompanied && beyond < limits.largeBytes)
    return "Nothing but the volume is unusual: no lasting contact between the uploads, nobody else's uploads.";
  return undefined;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
