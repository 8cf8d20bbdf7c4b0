import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "persistence.contact-watched-weeks-full": "contact in {0} of {1} watched weeks; full at 12",
  "persistence.days-which-due-contact":
    "on {0} of the days on which it was due contact came ({1} of {2} watched days)",
  "persistence.longest-silence-watched-hours":
    "the longest silence in watched hours was {0} days; nothing at a quarter of the {1} days",
  "persistence.destinations-about-as-many":
    "{0} of the {1} destinations with about as many users have contact on so many days; full at one in a thousand",
  "persistence.our-hosts-organisations-contact": "{0} of our hosts in {1} organisations contact it",
  "persistence.there-too-few-hosts":
    "there are too few hosts inside to tell a rare destination from a popular one",
  "persistence.contact-went-over-changes": "contact went on over {0} changes of address ({1} addresses)",
  "persistence.no-other-detector-holds": "no other detector holds anything against it",
  "persistence.up": "{0}: up to {1}",
  "persistence.contact-days-weeks": "Contact with {0} on {1} days in {2} weeks{3}",
  "persistence.lasting-contact-server-few":
    "Lasting contact with a server that few use is what ordinary programs and services do: it says nothing by itself.",
  "persistence.severity-rests-what-other":
    "The severity rests on what other detectors hold against the server; this finding says how long and how firmly the contact lasts.",
  "persistence.so-few-hosts-inside":
    "So few hosts are inside that a rare destination cannot be told from a popular one.",
  "persistence.days-no-sensor-watched":
    "On {0} of the {1} days no sensor watched for long enough: they count neither as contact nor as silence.",
  "persistence.one-day": "one day",
  "persistence.days": "{0} days",
  "persistence.telemetry-covers-contact-lasts":
    "the telemetry covers {0}, and contact lasts only from {1} on",
  "persistence.days-sensors-watched": "days that sensors watched",
  "persistence.addresses-few-users-many": "addresses with few users and many days",
  "persistence.names-few-users-many": "names with few users and many days",
  "persistence.certificates-came-back-at": "certificates that came back at other addresses",
  "persistence.all-these-not-looked": "of all these, not looked at (beyond max_candidates)",
  "persistence.lasting-relations": "lasting relations",
  "persistence.lasting-relations-not-reported": "lasting relations not reported (beyond max_findings)",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "persistence.lasting":
    "{0} kept contact with {1} from {2} to {3}: on {4} of {5} watched days, in {6} of {7} watched weeks. The longest silence while a sensor " +
    "watched was {8}, beginning {9}. On {10} of the days on which contact was due it came. {11} of the {12} destinations with about as many " +
    "users are contacted on so many days. Besides: {13}.",
};
