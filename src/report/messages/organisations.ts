/** Words of the organisations. `{n}` is the n-th argument. */
export const ORGANISATION_MESSAGES = {
  "organisations.title": "Organisations",
  "organisations.short": "Organisations",
  "organisations.none": "No organisation was in contact with confirmed or suspected infrastructure.",
  "organisations.confidence": "confidence {0}",
  "organisations.no-sector": "no sector",
  "organisations.findings": "{0, plural, one {# finding} other {# findings}}",
  "organisations.out": "{0} out",
  "organisations.more-hosts": "and {0, plural, one {# more host} other {# more hosts}}, in assessment.json",
  "organisations.quiet": "{0, plural, one {# organisation} other {# organisations}} without contact",
  "organisations.no-data": ", {0} of them without data",
} as const;
