/** Words of method, coverage, detectors, gaps and the glossary. `{n}` is the n-th argument. */
export const METHOD_MESSAGES = {
  "gaps.title": "What was not looked at, and why",
  "gaps.short": "Not looked at",
  "gaps.none": "The assessment names no gap beyond the detectors and the coverage below.",
  "run.ran": "ran",
  "run.not_tested": "not tested",
  "run.off": "switched off",
  "detectors.title": "Detectors",
  "detectors.short": "Detectors",
  "detectors.none": "No detector ran: this report holds no result of detection.",
  "detectors.nothing": "nothing",
  "detectors.lead": "“Not tested” is not “clean”: such a detector had no input.",
  "coverage.title": "Telemetry coverage",
  "coverage.short": "Coverage",
  "coverage.lead":
    "{0, plural, one {# record} other {# records}} from {1, plural, one {# file} other {# files}}, {2, plural, one {# line} other {# lines}} rejected.",
  "coverage.hours":
    "{0, plural, one {# hour} other {# hours}} up, {1, plural, one {# hour} other {# hours}} down",
  "coverage.outages": "{0, plural, one {# outage} other {# outages}}",
  "coverage.more": "{0, plural, one {# more outage} other {# more outages}} in assessment.json",
  "coverage.no-period": "no period",
  "method.title": "Method and caveats",
  "method.short": "Method",
  "method.lead":
    "Longwatch read logs that the organisations and sensors had already written; it contacted nobody. Records became events, detectors made findings of them, and findings were joined by organisation and infrastructure. A status follows the rules in the glossary. Likelihood (how probable) and confidence (how good the evidence is) are two things and are stated apart, in the words of ICD 203. “No activity” is said only where the sensor was demonstrably up.",
  "glossary.title": "Glossary",
  "glossary.short": "Glossary",
  "glossary.likelihood": "Likelihood: words and probabilities (ICD 203)",
  "glossary.confidence": "Confidence: how good the evidence is",
  "glossary.status": "Status of an organisation",
  "glossary.tlp": "Traffic Light Protocol 2.0",
  "glossary.words": "Other words",
  "glossary.active-day.word": "active day",
  "glossary.active-day.meaning":
    "A UTC day with at least one contact between a host of the organisation and the infrastructure.",
  "glossary.address-realm.word": "address realm",
  "glossary.address-realm.meaning":
    "Whose private address plan it is: 10.0.0.1 of two realms are two different hosts.",
  "glossary.caveat.word": "caveat",
  "glossary.caveat.meaning": "A known reason why a result may be wrong or incomplete.",
  "glossary.evidence-line.word": "evidence line",
  "glossary.evidence-line.meaning":
    "A line of a log file as it stands there, with file name and line number.",
  "glossary.finding.word": "finding",
  "glossary.finding.meaning":
    "What one detector concluded about one organisation and one entity, with its score and evidence.",
  "glossary.episode.word": "episode",
  "glossary.episode.meaning":
    "One unbroken block of days off. A holiday week is one episode and one piece of evidence, however many days it has.",
  "glossary.half-hour.word": "half-hour",
  "glossary.half-hour.meaning":
    "Interactive activity is counted in half-hours in which a host was in contact: a session of five hundred clicks is not five hundred observations.",
  "glossary.make-up-day.word": "make-up day",
  "glossary.make-up-day.meaning":
    "A day of the weekend on which offices of a country work in exchange for a holiday.",
  "glossary.no-data.word": "no data",
  "glossary.no-data.meaning": "The sensor was not up. It says nothing about activity.",
  "glossary.no-activity.word": "no activity",
  "glossary.no-activity.meaning": "The sensor was demonstrably up, and there was no contact.",
  "glossary.score.word": "score",
  "glossary.score.meaning":
    "0 to 1, the stated combination of components shown beside it. It is not a probability.",
} as const;
