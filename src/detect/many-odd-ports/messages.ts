import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "many-odd-ports.rented":
    "Whether the machine is rented, and by whom, the telemetry does not show: ask who it belongs to.",
  "many-odd-ports.inventory-names-no-sectors":
    "The inventory names no sectors: whether the organisations are unrelated is not known.",
  "many-odd-ports.no-name-known-address":
    "No name is known for the address, so shared hosting cannot be told apart by the sites on it.",
  "many-odd-ports.odd-services-few-or": "The odd services are few, or other servers here have them, too.",
  "many-odd-ports.organisations-may-have-one": "{0} organisations may have one supplier.",
  "many-odd-ports.all-these-organisations-one":
    "All of these organisations are in one line of business: a supplier to that business would look like this.",
  "many-odd-ports.hardly-any-odd-service":
    "Hardly any odd service is used by two organisations: a gateway that forwards a port for each customer looks like this.",
  "many-odd-ports.hosts-each-organisation-use":
    "{0} hosts in each organisation use it: a service that the organisations mean to use.",
  "many-odd-ports.organisations-use-service-everybody":
    "{0} of {1} organisations use it: a service for everybody.",
  "many-odd-ports.odd-ports-not-used": "The odd ports were not used for long.",
  "many-odd-ports.its-names-lie-below":
    "Its names lie below a suffix that only public bodies or schools get.",
  "many-odd-ports.odd-services-full-at": "{0} odd services: {1}; full at four",
  "many-odd-ports.organisations-use-odd-ports":
    "{0} organisations use the odd ports; nothing at one, full at four",
  "many-odd-ports.hosts-each-these-organisations":
    "{0} hosts in each of these organisations; full at one, nothing at six",
  "many-odd-ports.odd-services-used-by":
    "{0} of the odd services are used by two or more organisations; full at three",
  "many-odd-ports.odd-ports-used-days": "odd ports were used on {0} days in {1} weeks; full at six weeks",
  "many-odd-ports.times-as-much-sent": "{0} times as much sent as received; full at ten",
  "many-odd-ports.answers-others-unusual-ports": "{0} answers {1} and others on {2} unusual ports",
  "many-odd-ports.servers-outside-answered": "servers outside that answered",
  "many-odd-ports.servers-two-or-more": "servers with two or more ports that are not ordinary",
  "many-odd-ports.these-beyond-number-looked": "of these, beyond the number looked at",
  "many-odd-ports.servers-too-many-ports": "servers with too many ports set aside",
  "many-odd-ports.popular-servers-set-aside": "popular servers set aside",
  "many-odd-ports.shared-hosting-providers-set": "shared hosting and providers set aside",
  "many-odd-ports.allowed-servers-set-aside": "allowed servers set aside",
  "many-odd-ports.servers-weighed": "servers weighed",
  "many-odd-ports.servers-not-reported-beyond": "servers not reported (beyond max_servers)",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "many-odd-ports.server":
    "{0} answered {1} hosts of {2} on {3} between {4} and {5}, on {6} days; {7} were sent and {8} received. In all, {9} inside hosts of {10} " +
    "organisations use it. {11}",
};
