import type { Finding, ScoreComponent, Severity } from "../../model/finding.js";
import { clamp } from "../shared/robust.js";
import { shareBeyond, type Usual } from "./history.js";
import type { JobLikeness } from "./job.js";
import { say } from "./messages.js";
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
  /** Days with contact of the uploading host that has most, and the share of it in the quietest eight hours of the day. */
  contactDays: number;
  quietest: number;
  /** Share of the watched days since the first contact that have uploads. */
  shareOfDays: number;
  /** Days that the sensor watched before the first contact. */
  daysBefore: number;
  /** Share of the volume that left within two days of the first contact, as a first full backup does. */
  shareAtFirst: number;
  /** Share of the volume that left in the hours in which the organisation's own backup jobs run. */
  amongBackups: number;
  /** Share of the volume that left while the network was not at work, or among its backups. */
  unattended: number;
  /**
   * Other organisations (or hosts without one) that upload there; how many of these do it as a backup job does; and how many keep contact
   * between irregular uploads.
   */
  others: number;
  othersWithJob: number;
  othersKept: number;
  provider: boolean;
  shared: boolean;
  /** Below a suffix that only public bodies and schools get. */
  restricted: boolean;
  /** Findings of other detectors about the server, strongest first. */
  suspected: readonly Finding[];
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
  /** Without what other detectors hold against the server the severity would be low at most. */
  restsOnSuspicion: boolean;
  components: ScoreComponent[];
  /** Bytes beyond what nine of ten other days had. */
  beyond: number;
  /** Other days with which the greater part of the volume could be compared. */
  compared: number;
  history: "long" | "short" | "none";
}

/** Least score for low, medium and high. */
const LOW = 0.35;
const MEDIUM = 0.55;
const HIGH = 0.8;
/** Strength from which contact between the uploads counts as kept by a machine. */
export const KEPT = 0.5;
/** Less sent for what was received than this is a conversation: calls, remote desktops, games. */
const ONE_WAY = 5;
/** Contact that the sensor has known for fewer days than this may be as old as the network. */
const NEW_DAYS = 7;

/**
 * score = Σ weight × value × (1 − 0.8 × likeness to a job) × (1 − 0.5 × share of others for whom it is a backup provider), then the
 * severity of the ladder, at most what the reasons against (`capOf`) and the grounds (`groundsOf`) allow.
 */
export function scoreOf(facts: Facts, limits: Limits): Score {
  const compared = comparedDays(facts.episodes);
  const history = compared === 0 ? "none" : compared < limits.comparedDays ? "short" : "long";
  const own = shareBeyond(facts.episodes.map(({ out, own: usual }) => ({ out, usual })));
  const beyond = own * facts.episodes.reduce((sum, each) => sum + each.out, 0);
  const addends = addendsOf(facts, own);
  const lowering = loweringOf(facts);
  const sum = addends.reduce((total, { value, weight }) => total + value * weight, 0);
  const factor = lowering.reduce((product, { value, weight }) => product * (1 - value * weight), 1);
  const score = Math.round(clamp(sum * factor) * 1000) / 1000;
  const cap = capOf(facts, limits, { history, own, beyond });
  const alone = rhythmCap(facts, limits) ?? groundsOf(facts, beyond, limits);
  const isSuspected = facts.suspected.length > 0;
  const reached: Severity =
    score >= HIGH ? "high" : score >= MEDIUM ? "medium" : score >= LOW ? "low" : "informational";
  const isAboveLow = reached === "high" || reached === "medium";
  const against = cap ?? (isSuspected ? undefined : alone);
  const isCapped = isAboveLow && against !== undefined;
  const severity = isCapped
    ? "low"
    : reached === "high" && (alone !== undefined || facts.othersKept === 0)
      ? "medium"
      : reached;
  return {
    score,
    severity,
    restsOnSuspicion: isAboveLow && !isCapped && alone !== undefined,
    components: [
      ...addends,
      ...lowering,
      ...(isCapped ? [{ name: "at most low", value: 1, weight: 0, meaning: against }] : []),
    ],
    beyond: Math.round(beyond),
    compared,
    history,
  };
}

/** Half of the volume lies in uploads with at least so many other days: a small one in an hour that was seldom watched decides nothing. */
function comparedDays(episodes: Facts["episodes"]): number {
  const half = episodes.reduce((sum, { out }) => sum + out, 0) / 2;
  let seen = 0;
  for (const { out, own } of [...episodes].sort((a, b) => b.own.days - a.own.days)) {
    seen += out;
    if (seen >= half) return own.days;
  }
  return 0;
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
      say("backup-exfiltration.mb-sent-logarithmic-nothing", megabytes.toFixed(0)),
    ),
    component(
      "upload ratio",
      0.1,
      Math.log10(Math.max(1, ratio / 2)),
      say("backup-exfiltration.times-as-much-sent", ratio >= 10 ? Math.round(ratio) : ratio.toPrecision(2)),
    ),
    component("own history", 0.25, own, say("backup-exfiltration.volume-lies-beyond-what", percent(own))),
    component(
      "organisation's history",
      0.1,
      organisation,
      say("backup-exfiltration.lies-beyond-what-whole", percent(organisation)),
    ),
    component(
      "peers",
      0.1,
      facts.peersAbove === undefined ? 0 : 1 - facts.peersAbove / 5,
      facts.peersAbove === undefined
        ? say("backup-exfiltration.nobody-knows-whose-hosts")
        : say("backup-exfiltration.other-hosts-organisation-ever", facts.peersAbove),
    ),
    component(
      "kept contact",
      0.15,
      keptContact(facts),
      say(
        "backup-exfiltration.contact-days-quietest-eight",
        facts.contactDays,
        percent(facts.quietest),
        facts.uploadDays,
      ),
    ),
    component(
      "other organisations",
      0.1,
      (facts.others - facts.othersWithJob) / 3,
      say("backup-exfiltration.others-upload-without-backup", facts.others - facts.othersWithJob),
    ),
    component(
      "recurrence",
      0.05,
      (facts.uploadDays - 1) / 4,
      say("backup-exfiltration.uploads-days-full-at", facts.uploadDays),
    ),
  ];
}

/**
 * A machine keeps contact round the clock and on many days without upload; a person comes when there is something to send. Full with a fifth
 * of the contact in the quietest eight hours, and three times as many days with contact as with uploads.
 */
export function keptContact(facts: Pick<Facts, "contactDays" | "quietest" | "uploadDays">): number {
  return clamp(facts.quietest / 0.2) * clamp((facts.contactDays / Math.max(1, facts.uploadDays) - 1.5) / 1.5);
}

function loweringOf(facts: Facts): ScoreComponent[] {
  const job = facts.job.likeness ?? 0;
  const provided = facts.others === 0 ? 0 : facts.othersWithJob / facts.others;
  return [
    {
      name: "against: like a backup job",
      value: Math.round(job * 1000) / 1000,
      weight: 0.8,
      meaning: say(
        "backup-exfiltration.comes-when-due-at",
        percent(facts.job.cadence),
        percent(facts.job.start),
        percent(facts.job.steadiness),
      ),
    },
    {
      name: "against: a backup provider to others",
      value: Math.round(provided * 1000) / 1000,
      weight: 0.5,
      meaning: say("backup-exfiltration.others-back-up-schedule", facts.othersWithJob, facts.others),
    },
  ].filter(({ value }) => value > 0);
}

/** Why these uploads wake nobody up, whoever is suspected; undefined where nothing is in the way of medium. */
function capOf(
  facts: Facts,
  limits: Limits,
  { history, own, beyond }: { history: Score["history"]; own: number; beyond: number },
): string | undefined {
  if (facts.provider) return "A known provider's service: what people and programs do there looks the same.";
  if (facts.shared) return "The address serves many unrelated domains: it is not known whose the volume is.";
  if (history !== "long")
    return `Fewer than ${limits.comparedDays} other days to compare with: the history is too short.`;
  if (own < 0.5) return "Most of the volume is within what these hosts send in these hours anyway.";
  if (beyond < limits.mediumBytes) return "The volume beyond the expected is small.";
  const back = facts.episodes.reduce((sum, each) => sum + each.in, 0);
  const sent = facts.episodes.reduce((sum, each) => sum + each.out, 0);
  if (sent < ONE_WAY * back) return "So much came back that it may be a conversation, such as a call.";
  return undefined;
}

/** What a harmless service of one's own does as well; a server that others suspect is no such service. */
function rhythmCap(facts: Facts, limits: Limits): string | undefined {
  if (facts.job.likeness === undefined)
    return `Uploads on ${facts.uploadDays} days only: a single transfer may be anybody's errand.`;
  if (facts.job.likeness >= limits.jobLikeness) return "The uploads have the rhythm of a backup job.";
  if (facts.shareOfDays >= 1 / 3) return "It sends on every third day or more: a service in regular use.";
  if (facts.restricted) return "The name is below a suffix that only public bodies and schools get.";
  if (facts.othersWithJob * 2 > facts.others) return "It is a backup provider to most of its other users.";
  return undefined;
}

/**
 * What there must be besides unusual volume, because much volume is unusual and harmless: contact that a machine keeps between the uploads,
 * and either others to whom the same happens, or a new relation with a large volume that nobody was there to send and that is not its first
 * full backup.
 */
function groundsOf(facts: Facts, beyond: number, limits: Limits): string | undefined {
  if (keptContact(facts) < KEPT)
    return "Nothing but the volume is unusual: no contact is kept between the uploads.";
  if (facts.othersKept > 0) return undefined;
  if (facts.daysBefore < NEW_DAYS)
    return "The contact is as old as the telemetry, and nobody else's uploads are like it: a server of one's own looks the same.";
  if (facts.shareAtFirst > 0.5)
    return "Most of it left within two days of the first contact, as a first full backup does.";
  if (facts.unattended < 0.5)
    return "Nobody else's uploads are like it, and most of it left while people were at work, who may have sent it.";
  if (beyond < limits.largeBytes)
    return "Nobody else's uploads are like it, and the volume is not large enough to stand alone.";
  return undefined;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
