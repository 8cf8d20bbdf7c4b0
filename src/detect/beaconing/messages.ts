import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "beaconing.somebody-outside-contacts-one.2":
    "Somebody outside contacts one of ours: monitoring services, crawlers and programs that guess passwords do so regularly.",
  "beaconing.looks-like-which-regular": "It looks like {0} ({1}), which is regular by its nature.",
  "beaconing.our-hosts-contact-software": "{0} of our hosts contact it: software on many machines does.",
  "beaconing.intervals-few-coincidence-not": "{0} intervals are few: a coincidence is not excluded.",
  "beaconing.rhythm-lasted-only-hours": "The rhythm lasted only {0} hours.",
  "beaconing.bits-evidence-beacon-intervals":
    "{0} bits of evidence for a beacon in {1} intervals; one half at 20",
  "beaconing.kept-hours-logarithmic-full": "kept for {0} hours of {1}; logarithmic, full at {2}",
  "beaconing.log-has-no-sizes": "the log has no sizes: half",
  "beaconing.contacts-sent-as-much": "{0} of the contacts sent as much as the middle one, give or take {1}",
  "beaconing.organisations": "in {0} organisations ",
  "beaconing.our-hosts-contact-logarithmic":
    "{0} of our hosts {1}contact it; logarithmic, nothing at {2} in an organisation",
  "beaconing.how-many-contact-server":
    "how many contact a server of ours says nothing about one of them: half",
  "beaconing.known": "known: {0}, {1}",
  "beaconing.destination-no-list-known": "the destination is on no list of known services",
  "beaconing.is-for": "{0} is for {1}",
  "beaconing.no-service-contacts-regularly": "no service that contacts regularly by its nature",
  "beaconing.one-ours-contacts-somebody": "one of ours contacts somebody outside",
  "beaconing.somebody-outside-contacts-one": "somebody outside contacts one of ours",
  "beaconing.contacts-every": "{0} contacts {1} every {2}",
  "beaconing.more-our-hosts-contact": "{0} and {1} more of our hosts contact {2} every {3}",
  "beaconing.explained-by": "Explained by {0}.",
  "beaconing.up-pauses-follow-no":
    "Up to {0} of the pauses follow no rhythm: nights, or other contact with the same server.",
  "beaconing.log-has-no-sizes.2": "The log has no sizes for these contacts.",
  "beaconing.rhythm-shows-program-not":
    "A rhythm shows a program, not whose. Updates, agents and open browser tabs keep rhythms, too.",
  "beaconing.no-source-has-answered":
    "no source has {0} answered contacts or more with one target: too few for a rhythm to show",
  "beaconing.sources-targets-enough-contacts": "sources and targets with enough contacts",
  "beaconing.these-gaps-may-be": "of these, with gaps that may be a beacon's",
  "beaconing.these-read-one-by": "of these, read one by one",
  "beaconing.these-not-read-beyond": "of these, not read (beyond max_candidates)",
  "beaconing.regular-ones": "regular ones",
  "beaconing.regular-ones-allow-list": "regular ones on the allow-list left out",
  "beaconing.regular-ones-folded-into": "regular ones folded into others of the same server",
  "beaconing.beacons-not-reported-below": "beacons not reported (below min_score)",
  "beaconing.beacons-not-reported-beyond": "beacons not reported (beyond max_findings)",
} as const;

export const say = sayer(WORDS);

const RHYTHM =
  "It checks in every {6}, give or take {7}, and about {8} of the check-ins are missing; the rhythm was kept for {9} in {5} contacts " +
  "between {3} and {4}. That is {10} bits of evidence against contact at random. ";

export const messages: Record<string, string> = {
  ...WORDS,
  "beaconing.address": `{0} contacts {1} ({2}) in a regular rhythm. ${RHYTHM}{11} of our hosts contact the destination.`,
  "beaconing.name": `{0} contacts {1} ({2}), a name that no single address stands for, in a regular rhythm. ${RHYTHM}{11} of our hosts contact it.`,
  "beaconing.resolved": `{0} contacts the addresses that it was told for {1} ({2}) in a regular rhythm. ${RHYTHM}{11} of our hosts contact it.`,
  "beaconing.proxied": `{0} asks a proxy for {1} ({2}) in a regular rhythm. ${RHYTHM}{11} of our hosts contact it.`,
  "beaconing.inbound": `{0}, which is outside, contacts {1} of ours ({2}) in a regular rhythm. ${RHYTHM}{11} clients contact this server.`,
};
