import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "operator-schedule.interactive-contact-follows-watched":
    "Interactive contact with {0} follows the watched organisations' own hours",
  "operator-schedule.whoever-behind-keeps-working": "Whoever is behind {0} keeps working hours near {1}",
  "operator-schedule.probability-people-made-activity":
    "probability that people made this activity, and no timer or job",
  "operator-schedule.probability-does-not-simply":
    "probability that it does not simply follow the watched organisations' own hours",
  "operator-schedule.interval-offset-from-utc":
    "the 95 % interval of the offset from UTC is {0} hours wide; nothing at twelve",
  "operator-schedule.worth-independent-half-hours": "worth {0} independent half-hours; full at 200",
  "operator-schedule.no-calendar-consistent-days": "no calendar is consistent with the days off",
  "operator-schedule.calendar-fits": "the calendar of {0} fits",
  "operator-schedule.calendar-consistent-days-off":
    "the calendar of {0} is consistent with the days off, in a single episode",
  "operator-schedule.account-used-watched-organisation":
    "The account {0} is used in the watched organisation's own hours",
  "operator-schedule.whoever-uses-account-keeps": "Whoever uses the account {0} keeps working hours near {1}",
  "operator-schedule.hijacked-accounts": "hijacked accounts",
  "operator-schedule.hijacked-accounts-not-analysed": "hijacked accounts not analysed (beyond max_subjects)",
  "operator-schedule.logons-these": "logons of these",
  "operator-schedule.logons-person-at-work": "logons that a person at work may have made",
  "operator-schedule.no-server-no-hijacked":
    "no server and no hijacked account was found by the other detectors at medium or above, so there is nobody whose hours could be asked",
  "operator-schedule.clusters-servers": "clusters of servers",
  "operator-schedule.clusters-not-analysed-beyond": "clusters not analysed (beyond max_subjects)",
  "operator-schedule.pairs-host-server": "pairs of host and server",
  "operator-schedule.pairs-not-read-beyond": "pairs not read (beyond max_pairs)",
  "operator-schedule.connections-these": "connections of these",
  "operator-schedule.connections-person-at-work": "connections that a person at work may have caused",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "operator-schedule.people":
    "{0}: of {1} connections with {2} hosts in {3} organisations, {4} in {5} half-hours on {6} days are neither check-ins nor jobs. {7}",
  "operator-schedule.account":
    "{0}: of {1} logons that the logs of {2} hosts show, {3} in {4} half-hours on {5} days are neither services', tasks' nor scripts'. {6}",
};
