import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "backup-exfiltration.mb-sent-logarithmic-nothing":
    "{0} MB sent; logarithmic, nothing at 10 MB, full at 1 GB",
  "backup-exfiltration.times-as-much-sent":
    "{0} times as much sent as received, all contact together; full at 20",
  "backup-exfiltration.volume-lies-beyond-what":
    "{0} of the volume lies beyond what the same hosts sent in the same hours on nine of ten other days",
  "backup-exfiltration.lies-beyond-what-whole":
    "{0} lies beyond what the whole organisation sent in the same hours on nine of ten other days",
  "backup-exfiltration.nobody-knows-whose-hosts":
    "nobody knows whose hosts these are: no peers to compare with",
  "backup-exfiltration.other-hosts-organisation-ever":
    "{0} other hosts of the organisation ever sent as much on one day; nothing at 5",
  "backup-exfiltration.contact-days-quietest-eight":
    "contact on {0} days, {1} of it in the quietest eight hours of the day; uploads on {2} days",
  "backup-exfiltration.others-upload-without-backup":
    "{0} others upload to it without a backup's rhythm; full at 3",
  "backup-exfiltration.uploads-days-full-at": "uploads on {0} days; full at 5",
  "backup-exfiltration.comes-when-due-at": "comes when due {0}, at the same hour {1}, even sizes {2}",
  "backup-exfiltration.others-back-up-schedule": "{0} of {1} others back up to it on a schedule",
  "backup-exfiltration.went-uploads-no-backup": "{0} went to {1} in uploads that are no backup job's",
  "backup-exfiltration.only-volumes-times-known":
    "Only volumes and times are known, not what was sent. Irregular uploads to a small server of one's own look the same: ask whose it is.",
  "backup-exfiltration.connection-volume-counts-hour":
    "A connection's volume counts in the hour in which it began.",
  "backup-exfiltration.only-other-days-could":
    "Only {0} other days could be compared: what is usual is not known, and confidence is low.",
  "backup-exfiltration.too-few-days-uploads":
    "Too few days with uploads to tell a job from a single transfer.",
  "backup-exfiltration.robust-standard-deviations-log":
    "{0} robust standard deviations of log volume above the job's own history; full at 10",
  "backup-exfiltration.more-than-expected-logarithmic":
    "{0} more than expected; logarithmic, nothing at 5 MB, full at 5 GB",
  "backup-exfiltration.known-provider": "a known provider",
  "backup-exfiltration.no-known-provider-runs": "no known provider runs it",
  "backup-exfiltration.one-day-where-most": "{0} to {1} on one day, where {2} were the most expected",
  "backup-exfiltration.full-backup-out-turn":
    "A full backup out of turn, a new disk or a restored server look the same: compare with the backup's own log.",
  "backup-exfiltration.no-flows-inside-hosts": "no flows of inside hosts: volumes are not known",
  "backup-exfiltration.one-day": "one day",
  "backup-exfiltration.days": "{0} days",
  "backup-exfiltration.telemetry-covers-what-usual":
    "the telemetry covers {0}, and what is usual is not known with fewer than {1}",
  "backup-exfiltration.days-sensors-watched": "days that sensors watched",
  "backup-exfiltration.hourly-contacts-volumes": "hourly contacts with volumes",
  "backup-exfiltration.pairs-host-address-uploads": "pairs of host and address with uploads",
  "backup-exfiltration.pairs-not-looked-at": "pairs not looked at (beyond the largest)",
  "backup-exfiltration.destinations-by-organisation-enough":
    "destinations by organisation with enough volume",
  "backup-exfiltration.these-weighed-as-irregular": "of these, weighed as irregular uploads",
  "backup-exfiltration.these-popular-or-organisation":
    "of these, popular or an organisation's own service and not weighed",
  "backup-exfiltration.these-too-few-other": "of these, with too few other days to compare",
  "backup-exfiltration.regular-jobs-looked-through": "regular jobs looked through for surges",
  "backup-exfiltration.findings-not-reported-beyond": "findings not reported (beyond max_findings)",
} as const;

export const say = sayer(WORDS);

const SENT =
  "{0} sent {1} to {2} and received {3}, in {4} uploads on {5} days between {6} and {7}; the largest were {8}. ";
const RHYTHM =
  "of the days on which a backup job would have been due an upload came, and {N} of the volume left in the hours in which the " +
  "organisation's own backup jobs run. ";

export const messages: Record<string, string> = {
  ...WORDS,
  "backup-exfiltration.irregular":
    `${SENT}Leaving its regular backups aside, the same hosts sent in the same hours of {9} other days {10} in the middle and at most {11} ` +
    `on nine days of ten; the whole organisation at most {12}. {13} of the volume lies beyond that. On {14} ${RHYTHM.replace("{N}", "{15}")}` +
    "Besides: {16}.",
  "backup-exfiltration.irregular-alone":
    `${SENT}Leaving its regular backups aside, it sent in the same hours of {9} other days {10} in the middle and at most {11} on nine days ` +
    `of ten. {12} of the volume lies beyond that. On {13} ${RHYTHM.replace("{N}", "{14}").replace("organisation's", "host's")}Besides: {15}.`,
  "backup-exfiltration.irregular-uncompared": `${SENT}No other day was watched in these hours, so that nothing can be said about what is usual there. Besides: {9}.`,
  "backup-exfiltration.surge":
    "{0} sends to {1} regularly, {2} days in all. On {3} such days it sent far more than its own history makes expected: most on {4}, {5}, " +
    "where {6} to {7} were expected. {8} more than expected left in all: {9}.",
};
