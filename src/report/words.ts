import type { AssessedSchedule } from "../model/assessed-schedule.js";
import type { AssessedInfrastructure, OrgStatus } from "../model/assessment.js";

/** Each status with a sign of its own, so that nobody depends on colour. `rank` orders the worst first. */
export const STATUS: Record<OrgStatus, { sign: string; word: string; rank: number; meaning: string }> = {
  compromised: {
    sign: "●",
    word: "compromised",
    rank: 0,
    meaning: "Two independent lines of evidence, or a persistent relation with confirmed infrastructure.",
  },
  suspected: {
    sign: "◐",
    word: "suspected",
    rank: 1,
    meaning: "One independent line of evidence of medium severity or above.",
  },
  contacted: { sign: "○", word: "contacted", rank: 2, meaning: "One-off or scanning contact only." },
  no_evidence: {
    sign: "–",
    word: "no evidence",
    rank: 3,
    meaning:
      "Sensors that see the organisation delivered data, and nothing was found in it. This is not proof of absence.",
  },
  no_data: {
    sign: "?",
    word: "no data",
    rank: 4,
    meaning: "No sensor that sees the organisation's addresses delivered any data.",
  },
};

export const BASIS: Record<AssessedInfrastructure["basis"], { word: string; meaning: string }> = {
  confirmed: { word: "confirmed", meaning: "Stands on a list that the user brought." },
  suspected: { word: "suspected", meaning: "Found by its behaviour, without a list." },
  related: { word: "related", meaning: "A sibling of confirmed or suspected infrastructure." },
};

/** What comparing days off with a country's calendar came to. */
export const CALENDAR_VERDICT: Record<AssessedSchedule["calendars"][number]["verdict"], string> = {
  fits: "fits",
  consistent_single_episode: "consistent, single episode",
  undecided: "undecided",
  excluded: "excluded",
  unknown: "unknown",
};

/** ICD 203, section D.6.e(2)(a): the words and their probabilities, as `likelihoodWord` of the model uses them. */
export const LIKELIHOOD_SCALE: readonly { word: string; synonym: string; from: number; to: number }[] = [
  { word: "almost no chance", synonym: "remote", from: 0.01, to: 0.05 },
  { word: "very unlikely", synonym: "highly improbable", from: 0.05, to: 0.2 },
  { word: "unlikely", synonym: "improbable", from: 0.2, to: 0.45 },
  { word: "roughly even chance", synonym: "roughly even odds", from: 0.45, to: 0.55 },
  { word: "likely", synonym: "probable", from: 0.55, to: 0.8 },
  { word: "very likely", synonym: "highly probable", from: 0.8, to: 0.95 },
  { word: "almost certain", synonym: "nearly certain", from: 0.95, to: 0.99 },
];

export const CONFIDENCE_MEANING = {
  high: "Good evidence from independent sources, few gaps; the judgement may still be wrong.",
  moderate: "Credible and plausible evidence, but not enough of it, or not from independent sources.",
  low: "Scant, fragmented or questionable evidence.",
} as const;

/** TLP 2.0 (FIRST, August 2022): colours on black are the standard's own. */
export const TLP_MEANING = {
  clear: { colour: "#FFFFFF", meaning: "No limit on disclosure." },
  green: { colour: "#33FF00", meaning: "Limited disclosure, within the community." },
  amber: {
    colour: "#FFC000",
    meaning: "Limited disclosure, need-to-know within the organisation and its clients.",
  },
  "amber+strict": {
    colour: "#FFC000",
    meaning: "Limited disclosure, need-to-know within the organisation only.",
  },
  red: { colour: "#FF2B2B", meaning: "For the eyes and ears of individual recipients only." },
} as const;

export const GLOSSARY: readonly { word: string; meaning: string }[] = [
  {
    word: "active day",
    meaning: "A UTC day with at least one contact between a host of the organisation and the infrastructure.",
  },
  {
    word: "address realm",
    meaning: "Whose private address plan it is: 10.0.0.1 of two realms are two different hosts.",
  },
  { word: "caveat", meaning: "A known reason why a result may be wrong or incomplete." },
  {
    word: "evidence line",
    meaning: "A line of a log file as it stands there, with file name and line number.",
  },
  {
    word: "finding",
    meaning:
      "What one detector concluded about one organisation and one entity, with its score and evidence.",
  },
  {
    word: "episode",
    meaning:
      "One unbroken block of days off. A holiday week is one episode and one piece of evidence, however many days it has.",
  },
  {
    word: "half-hour",
    meaning:
      "Interactive activity is counted in half-hours in which a host was in contact: a session of five hundred clicks is not five hundred observations.",
  },
  {
    word: "make-up day",
    meaning: "A day of the weekend on which offices of a country work in exchange for a holiday.",
  },
  { word: "no data", meaning: "The sensor was not up. It says nothing about activity." },
  { word: "no activity", meaning: "The sensor was demonstrably up, and there was no contact." },
  {
    word: "score",
    meaning: "0 to 1, the stated combination of components shown beside it. It is not a probability.",
  },
];

/** What an analysis of working hours came to. */
export const SCHEDULE_VERDICT: Readonly<Record<AssessedSchedule["verdict"], string>> = {
  human: "people",
  machine: "insufficient interactive activity: a machine",
  insufficient: "insufficient interactive activity",
};
