/** Words of when it could have been known. `{n}` is the n-th argument. */
export const REPLAY_MESSAGES = {
  "replay.title": "When it could have been known",
  "replay.short": "When known",
  "replay.more": "{0, plural, one {# more organisation} other {# more organisations}} in assessment.json.",
} as const;
