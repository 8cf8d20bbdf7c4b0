import { sayer } from "../kernel/language.js";

/** Words of key judgements. `{n}` is the n-th argument. */
export const KEY_JUDGEMENTS = {
  "judged.hours.nothing": "Nothing can be said about the operators' working hours: {0}",
  "judged.hours.nothing.confidence":
    "This is an absence of evidence, and no evidence that nobody sat at the other end.",
  "judged.hours.among.accounts": " (of {0} accounts analysed, that with most activity)",
  "judged.hours.among.servers": " (of {0} groups of servers analysed, that with most activity)",
  "judged.hours.own.account":
    "It is {0} that use of the account {1}{2} follows the watched organisations' own hours, which then say nothing about operators.",
  "judged.hours.own.servers":
    "It is {0} that interactive contact with {1}{2} follows the watched organisations' own hours, which then say nothing about operators.",
  "judged.hours.people.account":
    "It is {0} that people with a working day of their own, on clocks between {1} and {2} ({3} fits best), used the account {4}{5}.",
  "judged.hours.people.servers":
    "It is {0} that people with a working day of their own, on clocks between {1} and {2} ({3} fits best), were at work behind {4}{5}.",
  "judged.hours.imitation": "Hours and holidays can be imitated, and many countries share a clock.",
  "judged.hours.lull":
    "From {0} to {1} they were silent or nearly so ({2} half-hours where {3} were to be expected).",
  "judged.hours.calendar.fits": "The calendar of {0} fits{1}.",
  "judged.hours.calendar.single": "The calendar of {0} is consistent with it, in a single episode{1}.",
  "judged.hours.calendar.makeup": ", though {0} of the days are official working days there",
  "judged.hours.calendar.own": "The organisations' own calendar ({0}) does not explain the lull.",
} as const;

export const say = sayer(KEY_JUDGEMENTS);
