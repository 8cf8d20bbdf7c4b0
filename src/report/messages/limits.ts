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
  "limits.nobody": "Nothing could be planted: there is no organisation in the inventory.",
  "limits.nothing": "Nothing could be planted.",
  "limits.nowhere": "{0}: nowhere a finding of medium or above, at any strength that was tried (up to {1}).",
  "limits.somewhere":
    "{0}: a finding of medium or above at {1} of {2, plural, one {# place} other {# places}}, from {3} on; {4}.",
  "limits.somewhere.never": "nowhere would it have been enough to suspect the organisation",
  "limits.somewhere.always": "each time enough to suspect the organisation",
  "limits.somewhere.some": "enough to suspect the organisation at {0}, from {1} on",
  "limits.levels": "{0} (median; all from {1})",
  "limits.gap": "Not measured: {0} ({1, plural, one {# organisation} other {# organisations}}).",
  "limits.rests-on":
    "A place is an organisation as one sensor sees it. Shapes of published campaigns were planted beside the case's own records, in the hours in which the sensor recorded, with servers that no watch list knows and nobody else contacts, and detected again {0, plural, one {# time} other {# times}}; a level counts as seen where {1, plural, one {its one planting was} other {each of its # plantings was}}. It holds for these shapes alone: an intruder who behaves otherwise may hide better, or worse.",
  "limits.brief.not-measured": "not measured",
  "limits.brief.beacon": "{0} a day, {1} d",
  "limits.brief.dwell": "{0} d in {1} wk",
  "limits.in-brackets":
    "In brackets: a finding of medium severity, and not enough to suspect the organisation.",
} as const;
