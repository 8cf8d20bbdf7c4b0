import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "infrastructure-contact.title.persistent": "{0} keeps up contact with watched infrastructure",
  "infrastructure-contact.title.repeated": "{0} repeatedly contacted watched infrastructure",
  "infrastructure-contact.title.single": "{0} contacted watched infrastructure once",
  "infrastructure-contact.title.scanning": "{0} has scanning contact with watched infrastructure",
  "infrastructure-contact.title.lookup_only": "{0} looked up watched names",
  "infrastructure-contact.server-never-answered-these":
    "The server never answered: these are attempts, as of a program whose server is gone or blocked.",
  "infrastructure-contact.some-contact-went-through":
    "Some contact went through a proxy inside: its volume is not known and not counted.",
  "infrastructure-contact.same-traffic-seen-again":
    "The same traffic was seen again behind address translation; the gateway's address is listed, and its volume is not counted twice.",
  "infrastructure-contact.no-flow-record-covers":
    "No flow record covers these contacts: volumes are unknown, not zero.",
  "infrastructure-contact.only-tls-fingerprint-matches":
    "Only a TLS fingerprint matches; unrelated programs can share one.",
  "infrastructure-contact.sources-watch-list-state":
    "The sources of the watch list state low confidence in this infrastructure.",
  "infrastructure-contact.resolver-asks-behalf-others":
    "A resolver asks on behalf of others: the host named here may not be the one that wanted the name.",
  "infrastructure-contact.no-line-organisation-inventory":
    "No line of the organisation inventory covers these addresses.",
  "infrastructure-contact.certificate-not-watch-list":
    "Certificate {0} is not on the watch list: it was presented by watched {1} and followed to other addresses.",
  "infrastructure-contact.contact": "the contact is {0}",
  "infrastructure-contact.highest-confidence-source-watch":
    "highest confidence that a source of the watch list states",
  "infrastructure-contact.contact-different-weeks-full": "contact in {0} different weeks; full at 8",
  "infrastructure-contact.bytes-both-ways-logarithmic":
    "{0} bytes both ways, on a logarithmic scale from 1 kB to 1 GB",
  "infrastructure-contact.server-known-ways-address":
    "the server is known in {0} ways (address, name, certificate …); full at 3",
  "infrastructure-contact.no-watched-infrastructure-configured": "no watched infrastructure is configured",
  "infrastructure-contact.limit-relations-reached-max":
    "The limit of relations was reached (max_relations): the weakest are missing.",
  "infrastructure-contact.indicators-allow-list": "indicators on the allow-list",
  "infrastructure-contact.watched-names-seen": "watched names seen",
  "infrastructure-contact.watched-addresses": "watched addresses",
  "infrastructure-contact.addresses-not-followed-shared": "addresses not followed (shared hosting)",
  "infrastructure-contact.fingerprints-not-followed-too": "fingerprints not followed (too common)",
} as const;

export const say = sayer(WORDS);

/** Explanations by key. Arguments: see `explanationOf` in finding.ts; their order is the same for every key. */
export const messages: Record<string, string> = {
  ...WORDS,
  "infrastructure-contact.persistent":
    "{0} kept up contact with watched infrastructure ({1}) from {2} to {3}: on {4} days in {5} different weeks, {6} connections from {7} " +
    "hosts, {8} sent and {9} received. The longest silence while a sensor was up lasted {10}. Known from: {11}.",
  "infrastructure-contact.repeated":
    "{0} was in contact with watched infrastructure ({1}) more than once between {2} and {3}: on {4} days in {5} different weeks, {6} " +
    "connections from {7} hosts, {8} sent and {9} received. The longest silence while a sensor was up lasted {10}. Known from: {11}.",
  "infrastructure-contact.single":
    "{0} contacted watched infrastructure ({1}) once, between {2} and {3}: {6} connections from {7} hosts, {8} sent and {9} received. " +
    "A single visit alone does not show a compromise. Known from: {11}.",
  "infrastructure-contact.scanning":
    "Between {2} and {3} there was contact between {0} and watched infrastructure ({1}) that looks like scanning: {6} connections " +
    "with {7} hosts, {8} sent and {9} received, unanswered or without a conversation. Known from: {11}.",
  "infrastructure-contact.lookup_only":
    "{0} looked up watched names ({1}) on {4} days between {2} and {3}, from {7} hosts, and no connection to an address behind them was " +
    "seen. Known from: {11}.",
};
