/** What stands in the place of others' stories. `{n}` is the n-th argument, as in detectors' messages. */
export const REDACTED_MESSAGES = {
  "redacted.finding":
    "Details are withheld, for this report is made for others than {0}. The detector found this between {1} and {2}.",
  "redacted.incident":
    "Details are withheld, for this report is made for others than {0}. {1} findings make up this incident, between {2} and {3}; in order of time they show {4}.",
  "redacted.incident.title": "{0}: {1}",
  "redacted.incident.findings": "{0} findings",
  "redacted.incident.no-sequence": "no sequence of stages",
  "redacted.campaign.title": "One campaign in {0, plural, one {# incident} other {# incidents}}: {1}",
  "redacted.campaign.more": "{0} and {1} more",
  "redacted.withheld": "Withheld: this report is made for others.",
  "redacted.caveat":
    "Other organisations, their hosts and accounts bear pseudonyms that are the same in every report of this case; details of their findings are left out. Sectors, dates and volumes stay: who knows one of them well may recognise it.",
} as const;

export type RedactedKey = keyof typeof REDACTED_MESSAGES;
