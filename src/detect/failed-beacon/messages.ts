import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "failed-beacon.rhythm-weak-people-page": "The rhythm is weak: people and page loads retry like this, too.",
  "failed-beacon.attempts-few": "{0} attempts are few.",
  "failed-beacon.our-hosts-try-software": "{0} of our hosts try it: software on many machines asks for it.",
  "failed-beacon.answers-others-our-hosts":
    "It answers others of our hosts: this host may merely be blocked.",
  "failed-beacon.server-inside-service-moved":
    "The server is inside: a service that was moved or switched off.",
  "failed-beacon.without-connection-udp-many":
    "Without a connection (UDP) many programs send and expect no answer.",
  "failed-beacon.port-one-forgotten-configurations":
    "Port {0} is one that forgotten configurations and peer-to-peer programs keep trying.",
  "failed-beacon.host-tries-silent-servers":
    "This host tries {0} silent servers: it works through a list (peer-to-peer, mirrors, blocked trackers).",
  "failed-beacon.has-name-program-old":
    "It has a name ({0}): a program with an old configuration asks like this.",
  "failed-beacon.host-look-ups-not":
    "This host's look-ups are not in the logs, so it may have a name, and the port is an ordinary one.",
  "failed-beacon.no-answer-host-visible":
    "No answer to this host is visible at all: the sensor may see only one direction.",
  "failed-beacon.attempts-nothing-at-logarithmic": "{0} attempts; nothing at 10, logarithmic, full at 200",
  "failed-beacon.service-answers-others-our": "the service answers others of our hosts",
  "failed-beacon.service-answered-none-our": "the service answered none of our hosts",
  "failed-beacon.known-as": "known as {0}",
  "failed-beacon.address-used-without-ever": "the address was used without ever asking for a name",
  "failed-beacon.no-name-known-but": "no name is known, but this host's look-ups are not in the logs: half",
  "failed-beacon.attempts-every-waits-between":
    "attempts every {0} s; {1} of the waits between them lie within 30 % of their median, {2} would by chance; full at 70 %",
  "failed-beacon.our-hosts-try-nothing": "{0} of our hosts try it; nothing at 10",
  "failed-beacon.pairs-repeated-unanswered-connections": "pairs with repeated unanswered connections",
  "failed-beacon.these-looked-at-those": "of these, looked at (those with the most hours)",
  "failed-beacon.pairs-nearly-never-succeeded": "pairs that (nearly) never succeeded",
  "failed-beacon.these-examined-rhythm": "of these, examined for a rhythm",
  "failed-beacon.regular-ones-not-reported": "regular ones not reported (beyond max_findings)",
  "failed-beacon.tries-every-reach-port": "{0} tries every {1} to reach {2} (port {3}), which never answers",
  "failed-beacon.what-sent-cannot-be":
    "What is sent cannot be seen, because nothing was ever sent: {0} regular attempts show a program, not which one.",
  "failed-beacon.hosts-names-never-resolved": "hosts and names that never resolved",
  "failed-beacon.regular-names-not-reported": "regular names not reported (beyond max_findings)",
  "failed-beacon.other-names-resolve-one":
    "other names of {0} resolve: one host name of a living domain is missing",
  "failed-beacon.no-name-ever-resolved": "no name of {0} ever resolved",
  "failed-beacon.asks-every-which-never": "{0} asks every {1} for {2}, which never resolves",
  "failed-beacon.programs-ask-names-vendors":
    "Programs ask for the names of vendors that are gone in the same way. Who registered the domain, and when it lapsed, tells the two apart.",
  "failed-beacon.where-host-resolver-question":
    "Where the host is a resolver, the question may be any of its clients'.",
  "failed-beacon.neither-connections-nor-look": "neither connections nor look-ups in this case",
  "failed-beacon.hourly-contacts": "hourly contacts",
  "failed-beacon.hourly-look-ups": "hourly look-ups",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "failed-beacon.server":
    "{0} tried to reach {1} (port {2}) {3} times between {4} and {5}, in {6} connections of which {7} were answered. It tries every {9} " +
    "(median); {8} of the waits between attempts lie within 30 % of their median. {10} of our hosts try to reach it.",
  "failed-beacon.name":
    "{0} asked for {1} {2} times between {3} and {4} and was told each time that there is no such name or no answer. It asks every {6} " +
    "(median); {5} of the waits lie within 30 % of their median. {7} of our hosts ask for it.",
};
