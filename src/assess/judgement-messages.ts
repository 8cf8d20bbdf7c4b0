import { sayer } from "../kernel/language.js";

/** Words of key judgements. `{n}` is the n-th argument. */
export const KEY_JUDGEMENTS = {
  "judged.confidence.low": "low",
  "judged.confidence.moderate": "moderate",
  "judged.confidence.high": "high",
  "judged.confidence.at-least": "at least {0}",
  "judged.confidence": "Confidence is {0}: {1}.",
  "judged.confidence.each": "Confidence is {0} for each: {1}.",
  "judged.rests.listed": "the evidence is persistent contact with infrastructure that the watch list states",
  "judged.rests.lines": "two or more independent lines of evidence agree",
  "judged.rests.some":
    "{0} of {1} rest on two or more independent lines of evidence, the others on persistent contact with infrastructure that the watch list states",
  "judged.rests.one": "a single line of evidence can have a single innocent cause",

  "judged.compromised":
    "{0, plural, one {# organisation} other {# organisations}}{1} {0, plural, one {is} other {are}} assessed as compromised: {2}. {0, plural, one {This} other {For each of them this}} is {3}.",
  "judged.compromised.range": "{0} to {1}",
  "judged.sectors": " in {0, plural, one {# sector} other {# sectors}} ({1})",
  "judged.suspected":
    "{0, plural, one {# organisation is} other {# organisations are}} suspected of being compromised, on one line of evidence{0, plural, one {} other { each}}: {1}. {0, plural, one {This} other {At most this}} is {2}.",

  "judged.since":
    "Contact was first seen on {0} and last on {1}. In the last seven days of the telemetry it was still going on at {2} of {3, plural, one {# compromised organisation} other {# compromised organisations}}.",
  "judged.since.lasting":
    "At {0} of {1} it lasted for weeks, on {2} % of the watched days between first and last contact (median){3}.",
  "judged.since.moved": "; at {0} it survived a change of the server's address",
  "judged.since.earlier": "Contact was there when the telemetry begins, so it may be older.",
  "judged.since.confidence":
    "Confidence in these dates is high: they are read from the logs, and silence is counted only where a sensor was up.",

  "judged.volume": "{0} sent {1} to this infrastructure and received {2}.",
  "judged.volume.compromised": "Compromised organisations",
  "judged.volume.suspected": "Suspected organisations",
  "judged.volume.both": "Compromised and suspected organisations",
  "judged.volume.theft":
    "Much more was sent than received, which is what theft of data looks like, and also what backups look like.",
  "judged.volume.no-backup":
    "At {0} of {1} the uploads have no backup job's rhythm, and {2} of them lie beyond what the same hosts send in the same hours of other days.",
  "judged.volume.confidence":
    "The volumes are measured; what they contained is not known from network logs, so confidence in what they mean is limited.",

  "judged.uploads":
    "At least {0} left {1, plural, one {# organisation} other {# organisations}} between {2} and {3} in uploads to {4}{5}. This is consistent with theft of data, and with transfers that somebody ordered.",
  "judged.uploads.beside": ", beside what was sent to the infrastructure of this case",
  "judged.uploads.confidence":
    "The volumes are measured, and of uploads to one destination only the largest counts; what they contained is not known, so confidence in what they mean is limited.",

  "judged.reach.shown": "Within reach, as findings show: {0}.",
  "judged.reach.contact": "In contact with affected hosts, and so perhaps within reach: {0}.",
  "judged.reach.unlisted":
    "No asset list names machines of {0, plural, one {# organisation} other {# organisations}}: what was within reach there cannot be said.",
  "judged.reach.role": "{0} ({1})",
  "judged.reach.confidence":
    "That these assets could be reached is read from findings and connections; whether anything on them was read or taken is not known, so confidence in what it means is limited.",

  "judged.infrastructure":
    "The activity uses {0, plural, one {# name, address or certificate} other {# names, addresses and certificates}}: {1}.",
  "judged.infrastructure.confirmed": "{0} on the watch list or led to by it",
  "judged.infrastructure.suspected": "{0} found by behaviour",
  "judged.infrastructure.related": "{0} related to these",
  "judged.infrastructure.listed": "Confidence is that of the watch list's sources.",
  "judged.infrastructure.scores": "Confidence rests on scores of up to {0}, which an analyst should check.",
  "judged.infrastructure.listed-and-scores":
    "Confidence is that of the watch list's sources for the first group; for the others it rests on scores of up to {0}, which an analyst should check.",

  "judged.absence.clean": "No evidence for {0, plural, one {# organisation} other {# organisations}}.",
  "judged.absence.contacted":
    "Only visits or scans for {0, plural, one {# organisation} other {# organisations}}.",
  "judged.absence.unseen":
    "No data about {0, plural, one {# organisation} other {# organisations}}, so nothing can be said about {0, plural, one {it} other {them}}.",
  "judged.absence.no-telemetry":
    "There is no telemetry about these, and so no confidence in any statement about them.",
  "judged.absence.confidence":
    "Confidence that these were left alone is {0}: their sensors were up for at least {1} % of the time, and an intruder who uses other servers is not seen by these detectors.",

  "judged.hours.nothing": "Nothing can be said about the operators' working hours. {0}",
  "judged.hours.nothing.confidence":
    "This is an absence of evidence, and no evidence that nobody sat at the other end.",
  "judged.hours.among.accounts": " (of {0} accounts analysed, that with most activity)",
  "judged.hours.among.servers": " (of {0} groups of servers analysed, that with most activity)",
  "judged.hours.own.account":
    "It is {0} that use of the account {1}{2} follows the watched organisations' own hours, which then say nothing about operators.",
  "judged.hours.own.servers":
    "It is {0} that interactive contact with {1}{2} follows the watched organisations' own hours, which then say nothing about operators.",
  "judged.hours.people.account":
    "It is {0} that people with a working day of their own, on clocks between {1} and {2} ({3} fits best), used the account {4}{5}.",
  "judged.hours.people.servers":
    "It is {0} that people with a working day of their own, on clocks between {1} and {2} ({3} fits best), were at work behind {4}{5}.",
  "judged.hours.imitation": "Hours and holidays can be imitated, and many countries share a clock.",
  "judged.hours.lull":
    "From {0} to {1} they were silent or nearly so ({2} half-hours where {3} were to be expected).",
  "judged.hours.calendar.fits": "The calendar of {0} fits{1}.",
  "judged.hours.calendar.single": "The calendar of {0} is consistent with it, in a single episode{1}.",
  "judged.hours.calendar.makeup": ", though {0} of the days are official working days there",
  "judged.hours.calendar.own": "The organisations' own calendar ({0}) does not explain the lull.",
} as const;

export const say = sayer(KEY_JUDGEMENTS);
