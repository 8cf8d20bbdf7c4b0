import { sayer } from "../../kernel/language.js";

/** Words of a schedule: verdict, likelihood, confidence and caveats. `{n}` is the n-th argument. */
export const SCHEDULE_WORDS = {
  "words.percent.little": "less than 1 %",
  "words.percent.most": "more than 99 %",
  "words.percent": "{0} %",
  "words.rate": "{0} (95 % interval {1} to {2})",
  "words.paragraph": "{0} {1} Caveats: {2}",
  "words.nothing-more": "No working hours, zone or calendar can be read from it.",

  "words.calendar.fits": "Of {0, plural, one {# calendar} other {# calendars}} asked, that of {1} fits: {2}.",
  "words.calendar.single":
    "Of {0, plural, one {# calendar} other {# calendars}} asked, that of {1} is consistent with the activity, on {2, plural, one {# holiday block} other {# holiday blocks}} only, which may be a coincidence: {3}.",
  "words.calendar.none": "None of {0, plural, one {# calendar} other {# calendars}} asked is shown to fit.",
  "words.calendar.holidays":
    "on {0, plural, one {# holiday block} other {# holiday blocks}} the activity was {1} of that on matched ordinary days{2}",
  "words.calendar.makeup":
    "on {0, plural, one {# run} other {# runs}} of make-up working days it was {1} of that on ordinary weekends{2}",
  "words.calendar.p": ", p = {0} corrected",
  "words.calendar.p.below": ", p < {0} corrected",
  "words.calendar.rival":
    "On the days on which the two differ it explains what was seen {0} times as well as its nearest rival, the calendar of {1}.",
  "words.calendar.more-than": "more than {0}",
  "words.calendar.excluded": "Excluded: {0}.",
  "words.calendar.undecided": "Undecided: {0}.",
  "words.calendar.unknown": "Not known for these years: {0}.",

  "words.lull":
    "From {0} to {1} ({2, plural, one {# day} other {# days}}{3}) there were {4, plural, one {# active half-hour} other {# active half-hours}} where the weeks around let expect {5}.",
  "words.lull.unseen": ", {0} of them not seen by the sensor",
  "words.lull.further": "{0, plural, one {# further lull} other {# further lulls}} stood out less.",
  "words.lull.not": "Without a weekday holiday in it, and so no explanation: {0}.",
  "words.lull.no-holiday": "The calendar of {0} has no holiday in it.",
  "words.lull.holidays": "The calendar of {0} has {1} of its days as holidays{2}.",
  "words.lull.working":
    " and {0, plural, one {# as a working day} other {# as working days}}{1}, which the holiday does not explain",
  "words.lull.makeup": " ({0} of them official make-up days on a weekend)",
  "words.lull.own.not": "The watched place's own calendar ({0}) does not explain the lull.",
  "words.lull.own.unknown": "The watched place's own calendar ({0}) is not known for these days.",
  "words.lull.own.holidays":
    "The watched place's own calendar ({0}) has {1} of its days as holidays, so the lull may be on the watched side.",

  "words.who.watched":
    "It is {0} ({1}) that the activity follows the watched place's own rhythm; the hours below are then that place's and say nothing about operators.",
  "words.who.people": "It is {0} ({1}) that people with a working day of their own made this activity{2}.",
  "words.who.own": "; that it is the watched place's own rhythm, {0} ({1})",
  "words.offset":
    "If so, it is {0} ({1}) that their clocks are between {2} and {3}, with {4} the best estimate.",
  "words.clocks":
    "Clocks that fit are those of {0}; hours alone cannot tell apart places whose clocks read the same.",
  "words.clocks.zone": "{0} ({1}{2})",
  "words.clocks.alike": ", as in {0}",
  "words.clocks.more": "{0} more",
  "words.daylight.moves":
    "The working day moves with the clocks of a zone with daylight saving (by {0} minutes; probability {1}).",
  "words.daylight.stays":
    "The working day does not move where clocks elsewhere change (probability of daylight saving {0}).",
  "words.daylight.unknown":
    "Whether the working day moves with daylight saving cannot be told (probability {0}).",
  "words.foreign.yes": "This is another zone than that of the watched place.",
  "words.foreign.no": "Nothing speaks for another zone than that of the watched place.",
  "words.foreign.undecided": "Whether it is another zone than that of the watched place cannot be told.",

  "words.basis":
    "{0, plural, one {# independent observation} other {# independent observations}} on {1, plural, one {# day} other {# days}}",
  "words.confidence.insufficient": "Confidence is low: {0}: too little to carry a judgement.",
  "words.confidence.machine":
    "Confidence is moderate: the regularity is measured, but nothing follows from it about people.",
  "words.confidence.no-day": "Confidence is low: {0} show no working day, which is not proof of a machine.",
  "words.confidence.good":
    "Confidence is moderate: it rests on {0}, judged against what the sensor could see; hours and holidays are one kind of evidence, and can be imitated.",
  "words.confidence.blind":
    "Confidence is moderate at most: it rests on {0}, and what could have been seen in each hour was not given; hours and holidays are one kind of evidence, and can be imitated.",
  "words.confidence.little":
    "Confidence is low: it rests on {0} only; hours and holidays are one kind of evidence, and can be imitated.",

  "words.caveat.imitation":
    "Working hours and holidays can be imitated or shifted on purpose: a false flag is cheap, and nothing here names a country's people or a state.",
  "words.caveat.machine":
    "Only interactive activity carries hours: {0, plural, one {# event} other {# events}} of {1} were set aside as a machine's. A timer with a pause of some hours, on a host that is on in office hours only, cannot be told from people.",
  "words.caveat.blind":
    "What could have been seen in each hour was not given: an outage of the sensor, and the watched place's own hours and holidays, look like those of the operators.",
  "words.caveat.outages":
    "Silence counts only for the hours in which activity could have been seen; an outage that is missing from that record would look like a lull.",
  "words.caveat.watched":
    "The watched place's own rhythm was not given, so it was not among the hypotheses and is not ruled out.",
  "words.caveat.offset":
    "One offset is kept by many countries (UTC+8 by China, Taiwan, Hong Kong, Singapore, Malaysia, the Philippines and Western Australia), and people may work at other hours than those of an office: the interval allows for days that begin between seven and noon, not for night shifts.",
  "words.caveat.no-calendar": "No calendar was asked, so nothing is said about holidays.",
  "words.caveat.calendars":
    "{0, plural, one {# calendar was} other {# calendars were}} asked of one series; p-values are corrected for that (Holm), and a calendar that was not asked may fit better.",
  "words.caveat.short":
    "{0, plural, one {# day} other {# days}} show most holidays once: one block of days is one piece of evidence, however many days it has.",
  "words.caveat.makeup": "Make-up working days are known of some calendars only; not of {0}.",

  "words.reason.too-little":
    "Insufficient interactive activity: {0, plural, one {# event} other {# events}} in {1, plural, one {# half-hour} other {# half-hours}} on {2, plural, one {# day} other {# days}}{3}; at least {4} half-hours on {5} days are needed.",
  "words.reason.machines":
    ", after timers and scheduled jobs explained {0} of {1, plural, one {# event} other {# events}}",
  "words.reason.watched": "The activity follows the watched place's own rhythm (probability {0}).",
  "words.reason.human": "The activity keeps a working day (probability {0}).",
  "words.reason.whose":
    "The activity keeps a working day, and whether it is the watched place's own cannot be told ({0} that it is).",
  "words.reason.spread":
    "No human rhythm: the activity is spread over the day as no working day is (probability {0}).",
  "words.reason.daily":
    "No human rhythm: one short window of the day holds the activity, as of a daily job (probability {0}).",
  "words.reason.undecided":
    "Insufficient interactive activity to tell a working day ({0}) from no rhythm ({1}) or a daily job ({2}).",

  "words.verdict.rate": "{0} of the rate of ordinary days (95 % interval {1} to {2})",
  "words.verdict.outside": "The series lies outside the years that the calendar is known for.",
  "words.verdict.nothing":
    "No holiday on a weekday lies in the series with enough ordinary weeks around it to compare.",
  "words.verdict.chance":
    "{0, plural, one {One holiday block} other {# holiday blocks}}, at {1}: not more than chance among the calendars asked.",
  "words.verdict.single":
    "{0, plural, one {One holiday block} other {# holiday blocks}}, at {1}: a coincidence cannot be ruled out with so few, or in so short a series.",
  "words.verdict.contradicted": "Holidays as a whole are kept, but {0} is worked as usual.",
  "words.verdict.fits": "{0, plural, one {One holiday block} other {# holiday blocks}}, at {1}.",
  "words.verdict.worked":
    "Its holidays were worked: {0, plural, one {One holiday block} other {# holiday blocks}}, at {1}.",
  "words.verdict.far-ahead":
    "The calendar of {0} is far ahead, and the days that {0} does not have show no effect: {1}.",
  "words.verdict.better": "The calendar of {0} explains the days on which the two differ better.",
  "words.verdict.tie": "The days on which it differs from the calendar of {0} do not tell the two apart.",
  "words.verdict.no-rhythm": "No human rhythm was found that a calendar could explain.",
  "words.verdict.no-calendar": "No sourced calendar of this country is shipped, and none is guessed.",
} as const;

export const say = sayer(SCHEDULE_WORDS);
