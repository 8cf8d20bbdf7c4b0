/** Words of what was planted, for the stages that tell of it. `{n}` is the n-th argument. */
export const PLANTED_MESSAGES = {
  // The title of a shape goes on from the noun: `a beacon` ` to a named server`.
  "planted.beacon": "a beacon{0}",
  "planted.upload": "an upload{0}",
  "planted.dwell": "dwell{0}",
  "planted.strength.beacon":
    "{0, plural, one {# contact} other {# contacts}} a day over {1, plural, one {# day} other {# days}}",
  "planted.strength.upload": "{0} in each of {1} nights",
  "planted.strength.upload.one": "{0} in one night",
  "planted.strength.dwell":
    "{0, plural, one {# day} other {# days}} with contact within {1, plural, one {# week} other {# weeks}}",
  "planted.at-least": "{0} of at least {1}",
  "planted.tried": "{0} (tried up to {1})",
  "planted.nothing": "Nothing was found; {0} would have been.",
  "planted.nothing.none": "Nothing was found, and nothing of what was planted to try it would have been.",
  "planted.nothing.only-told":
    "There would have been a finding of medium severity, which alone suspects nobody, for {0}.",
  "planted.nothing.unseen": "What would not have come up at medium: {0}.",
  "planted.clean":
    "Planted beside their records to try it, these would have made the organisation suspected: {0}.",
  "planted.clean.none": "{0} at none of {1}",
  "planted.clean.seen": "{0} at {1} of {2} (from {3} on)",
} as const;
