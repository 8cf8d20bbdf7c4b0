/** Words that several sections share. `{n}` is the n-th argument. */
export const COMMON_MESSAGES = {
  "common.more-rows": "{0, plural, one {# more row} other {# more rows}} in assessment.json.",
  "common.no-data": "no data",
  "common.none": "none",
  "common.and-more": "and {0} more",
  "common.range": "{0} to {1}",
  "common.utc": "Times are UTC.",
  "common.realm": "realm {0}",
  "common.score": "Score {0}",
  "common.findings": "Findings {0}",
  "common.more-reasons": "{0, plural, one {# more reason} other {# more reasons}}",
} as const;
