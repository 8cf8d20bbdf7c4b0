/** Words of the matrix of weeks. `{n}` is the n-th argument. */
export const WEEKS_MESSAGES = {
  "weeks.title": "Week by week",
  "weeks.short": "Weeks",
  "weeks.no-time": "There is no week to show: the telemetry covers no time.",
  "weeks.no-organisation": "There is no week to show: the inventory names no organisation.",
  "weeks.lead":
    "Each cell is one week of one organisation; the number and the shade say on how many days it was in contact with the infrastructure below.",
  "weeks.matrix": "Weeks matrix",
  "weeks.matrix-quiet": "Weeks matrix of organisations without contact",
  "weeks.caption": "Organisations in contact with the infrastructure, by week",
  "weeks.caption-quiet": "Organisations without contact, by week",
  "weeks.quiet":
    "{0, plural, one {# organisation} other {# organisations}} without contact: when their sensors were up",
  "weeks.days-1": "1–2 days",
  "weeks.days-3": "3–4 days",
  "weeks.days-5": "5–7 days in contact",
  "weeks.none": "no activity: sensor up, no contact",
  "weeks.partial": "no contact seen, week only partly covered",
  "weeks.no-data": "no data: sensor down",
  "weeks.cell":
    "{0}: {1, plural, one {# day} other {# days}}, {2} out, {3, plural, one {# connection} other {# connections}}",
  "weeks.week": "week of Monday {0} to {1}",
  "weeks.unknown": "unknown week",
} as const;
