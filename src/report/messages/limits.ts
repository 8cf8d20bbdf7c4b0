/** Words of how much could hide. `{n}` is the n-th argument. */
export const LIMITS_MESSAGES = {
  "limits.title": "How much could hide here",
  "limits.short": "What could hide",
  "limits.caption":
    "The weakest that would have been a finding of medium severity or above, with the detectors that see it",
  "limits.shapes": "The shapes",
  "limits.after": "After {0}.",
  "limits.not-measured": "not measured: {0}",
  "limits.not-seen": "not seen",
  "limits.listed": "listed below medium from {0} on ({1})",
  "limits.not-enough": "not enough to suspect the organisation",
  "limits.enough": "enough to suspect the organisation",
  "limits.enough-from": "enough to suspect the organisation from {0} on",
} as const;
