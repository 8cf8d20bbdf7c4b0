/** Words of the campaign timeline. `{n}` is the n-th argument. */
export const TIMELINE_MESSAGES = {
  "timeline.title": "Campaign timeline",
  "timeline.short": "Timeline",
  "timeline.none":
    "No organisation is compromised or suspected at a known time, so there is nothing to draw.",
  "timeline.label":
    "{0, plural, one {# organisation} other {# organisations}} from {1} to {2}: first contacts, contacts by week, pauses and the gravest step of each",
  "timeline.caption":
    "From above by first contact. Thick: weeks with contact; thin: from the first contact or finding to the last; upright mark: first contact or finding; disc: gravest step of its incidents (red: high or critical severity); hatched: weeks without data. Grey columns: no contact of anybody although sensors were up ({0}). Times are UTC.",
  "timeline.no-pause": "none of four days or more",
  "timeline.left-out":
    "The {0} organisations affected first are drawn; the others stand in the section on organisations: {1}.",
  "timeline.table": "The picture as a table",
  "timeline.head.organisation": "Organisation",
  "timeline.head.first": "First seen",
  "timeline.head.last": "Last seen",
  "timeline.head.incidents": "Incidents",
  "timeline.head.step": "Gravest step",
} as const;
