import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "dns-tunnel.our-hosts-look-domain": "{0} of our hosts look this domain up; nothing at {1}",
  "dns-tunnel.queries-records-carry-text":
    "{0} % of the queries are for records that carry text ({1}); full at half",
  "dns-tunnel.logs-do-not-show": "the logs do not show whether anybody went there: half",
  "dns-tunnel.names-visited-after-look": "{0} % of the names were visited after the look-up",
  "dns-tunnel.asks-resolver-outside-hardly": "it asks a resolver outside that hardly anyone here uses",
  "dns-tunnel.no-unusual-resolver-asked": "no unusual resolver is asked",
  "dns-tunnel.different-names-busiest-day":
    "{0} different names, {1} on the busiest day; 100, 500, 800 and 1,000 a day (four times that in all) are a quarter each",
  "dns-tunnel.how-unlike-network-own":
    "how unlike this network's own names the letters follow each other; full for letters and digits drawn at random",
  "dns-tunnel.characters-front-domain-nothing":
    "{0} characters in front of the domain; nothing at 10, full at 40",
  "dns-tunnel.names-queries-channel-does":
    "{0} names in {1} queries: a channel does not repeat a name that a cache would answer",
  "dns-tunnel.queries-records-carry-text.2":
    "{0} queries for records that carry text; full at nine times {1}",
  "dns-tunnel.different-hours-days-full": "in {0} different hours on {1} days; full at 48 hours",
  "dns-tunnel.different-answers-bytes-full": "{0} different answers of {1} bytes; full at 21 of 60 bytes",
  "dns-tunnel.asked-dns": "{0} asked the DNS for {1} {2}",
  "dns-tunnel.what-name-carries-upper":
    "What a name carries is an upper bound of five bits a character; the log does not hold the answers' whole content.",
  "dns-tunnel.program-looks-up-digests":
    "A program that looks up digests or numbers its messages (reputation, telemetry, measurement) asks for such names too: ask who runs the domain.",
  "dns-tunnel.log-has-no-answers": "The log has no answers, so what came back is not known.",
  "dns-tunnel.logs-do-not-show.2":
    "The logs do not show where our hosts went, so names that were visited cannot be told apart.",
  "dns-tunnel.finding-stays-low": "{0} The finding stays low.",
  "dns-tunnel.host-looks-like-mail":
    "The host looks like a mail server or resolver: the queries may be those of another host.",
  "dns-tunnel.domains-providers-known-uses": "domains of providers and known uses set aside",
  "dns-tunnel.domains-many-hosts-look": "domains that many hosts look up set aside",
  "dns-tunnel.allowed-domains-set-aside": "allowed domains set aside",
  "dns-tunnel.local-names-reverse-look": "local names and reverse look-ups set aside",
  "dns-tunnel.hosts-look-ups-domain": "hosts' look-ups of a domain weighed",
  "dns-tunnel.set-aside-by-form": "set aside by the form of their names",
  "dns-tunnel.set-aside-because-names": "set aside because the names were visited",
  "dns-tunnel.hosts-dns-over-https": "hosts with DNS over HTTPS (not visible)",
  "dns-tunnel.not-reported-beyond-max": "not reported (beyond max_findings)",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "dns-tunnel.names":
    "{0} asked for {1} different names below {2} (up to {3} on one day, {4} queries) between {5} and {6}. They are {7} characters long on average, " +
    "unlike the names that this network uses, and could have carried {8} out. {9} of our hosts look this domain up.",
  "dns-tunnel.polling":
    "{0} sent {4} queries for {1} names below {2} between {5} and {6}, mostly for records that carry text, and got {10} different answers. " +
    "{9} of our hosts look this domain up.",
};
