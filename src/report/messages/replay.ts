/** Words of when it could have been known. `{n}` is the n-th argument. */
export const REPLAY_MESSAGES = {
  "replay.title": "When it could have been known",
  "replay.short": "When known",
  "replay.nobody": "No organisation is compromised or suspected, so there is nothing to date.",
  "replay.known":
    "With the records of the time, {0} of {1, plural, one {# organisation} other {# organisations}} could have been suspected {2, plural, one {# day} other {# days}} after the first contact (median; {3} to {4}), {5, plural, one {# day} other {# days}} before these records end (median).",
  "replay.known.no-contact":
    "With the records of the time, {0} of {1, plural, one {# organisation} other {# organisations}} could have been suspected at some time, {2, plural, one {# day} other {# days}} before these records end (median).",
  "replay.again":
    "The case was detected again at {0, plural, one {# earlier day} other {# earlier days}}, each time with the records from before it alone, with today's detectors and rules. A day is the latest it can be, by {1, plural, one {# day} other {# days}} at most.",
  "replay.dated":
    "{0, plural, one {# indicator} other {# indicators}} counted from the day on that they are valid from.",
  "replay.undated":
    "{0, plural, one {# indicator of the watch list says nothing of when it became known and counts as known all along} other {# indicators of the watch list say nothing of when they became known and count as known all along}}: who got the list later could have known later only.",
  "replay.never": "never",
  "replay.more": "{0, plural, one {# more organisation} other {# more organisations}} in assessment.json.",
} as const;
