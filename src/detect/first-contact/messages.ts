import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "first-contact.learning-days": "learning_days",
  "first-contact.no-sensor-has-more":
    "no sensor has more than the {0} days of the learning period (longest: {1} days)",
  "first-contact.sensors-more-than-learning": "sensors with more than the learning period",
  "first-contact.new-rare-addresses-volume": "new, rare addresses with volume",
  "first-contact.these-addresses-known-domains": "of these, addresses of known domains",
  "first-contact.destinations-not-reported-beyond": "destinations not reported (beyond max_findings)",
  "first-contact.mb-sent-logarithmic-full": "{0} MB sent; logarithmic, full at 1 GB",
  "first-contact.times-as-much-sent": "{0} times as much sent as received; full at 100",
  "first-contact.contact-days-full-at": "contact on {0} days; full at 20",
  "first-contact.our-hosts-contact": "{0} of our hosts contact it",
  "first-contact.new-rare-destination": "New and rare destination {0}",
  "first-contact.new-destinations-ordinary-supports":
    "New destinations are ordinary: this supports other evidence and is none by itself. Volumes are those of all hosts together.",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "first-contact.new":
    "{0} contacted {1} for the first time on {2}, {3} days after its sensor began, and last on {4}: on {5} days, {6} sent and {7} " +
    "received. {8} of our hosts contact it.",
};
