import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "cloud-masquerade.same-service-labels-stand":
    "The same service labels ({0}) stand before {1}; {2} such domains are expected by chance.",
  "cloud-masquerade.answers-same-as": "It answers on the same {0} as {1}.",
  "cloud-masquerade.site-lies-addresses-many":
    "The site lies on addresses that many unrelated sites share: volumes are an upper bound.",
  "cloud-masquerade.no-certificate-seen-tls":
    "No certificate was seen (TLS 1.3 hides it, or there is no TLS log): nothing is known of it.",
  "cloud-masquerade.no-inventory-names-owners":
    "No inventory names the owners of the hosts: whether they are unrelated is unknown.",
  "cloud-masquerade.networks-show-no-daily":
    "The networks show no daily rhythm: night jobs cannot be told from office work.",
  "cloud-masquerade.names-promise-storage-or": "The names promise storage or backup: {0}.",
  "cloud-masquerade.no-word-names-promises": "No word in the names promises storage or backup.",
  "cloud-masquerade.name-imitates-no-known": "The name imitates no known provider.",
  "cloud-masquerade.name-imitates-who-does": "The name imitates {0} ({1}: {2}), who does not own the domain.",
  "cloud-masquerade.no-other-domain-built":
    "No other domain is built the same way or runs on the same server.",
  "cloud-masquerade.tcp-ports-no-storage": "TCP ports that no storage or backup product uses answered: {0}.",
  "cloud-masquerade.only-ports-storage-or": "Only ports that a storage or backup service may use.",
  "cloud-masquerade.used-by-inside-hosts": "Used by {0} inside hosts ({1} of all; {2}).",
  "cloud-masquerade.no-certificate-contradicts-name":
    "No certificate contradicts the name (or none was seen).",
  "cloud-masquerade.certificate": "Certificate: {0}.",
  "cloud-masquerade.over-all-who-used": "Over all who used it, {0} sent, {1} received ({2} : 1).",
  "cloud-masquerade.no-daily-rhythm-compare": "No daily rhythm to compare with.",
  "cloud-masquerade.data-left-while-networks":
    "{0} of the data left while the networks were at work; backups run when they are not.",
  "cloud-masquerade.telemetry-too-short-tell": "The telemetry is too short to tell new from old.",
  "cloud-masquerade.first-seen-days-after": "First seen {0} days after the telemetry begins.",
  "cloud-masquerade.contact-days-weeks": "Contact on {0} days in {1} weeks.",
  "cloud-masquerade.little-specific-prevalence-hours":
    "Little is specific: prevalence, hours, age and persistence count {0} % of their weight.",
  "cloud-masquerade.at-most": "{0}: at most {1}.",
  "cloud-masquerade.only-one-organisation-uses":
    "Only one organisation uses it, as it would its own or its local provider's server.",
  "cloud-masquerade.only-labels-before-domain":
    "Only labels before the domain speak of storage, as they do before anyone's own file server.",
  "cloud-masquerade.contact-stays-within-few":
    "Contact stays within a few quiet hours, on expected ports and with a certificate that fits, as a backup job's does.",
  "cloud-masquerade.domain-lies-under-suffix":
    "The domain lies under a suffix that only public bodies or schools are given.",
  "cloud-masquerade.answers-only-addresses-many":
    "It answers only on addresses that many unrelated sites share: ports and volumes say nothing about it.",
  "cloud-masquerade.poses-as-storage-or": "{0} poses as a storage or backup service",
  "cloud-masquerade.no-inside-host-known":
    "no inside host is known: name your networks in the inventory or under internal networks",
  "cloud-masquerade.names-real-providers-left": "names of real providers left out",
  "cloud-masquerade.names-allow-list-left": "names on the allow-list left out",
  "cloud-masquerade.rare-registrable-domains-weighed": "rare registrable domains weighed by name",
  "cloud-masquerade.addresses-unusual-ports-or": "addresses with unusual ports or uploads",
  "cloud-masquerade.sites-examined-detail": "sites examined in detail",
  "cloud-masquerade.sites-reported": "sites reported",
  "cloud-masquerade.sites-over-limit-one": "sites over the limit of one run, not reported",
  "cloud-masquerade.no-inside-host-asked": "no inside host asked for or connected to any name",
} as const;

export const say = sayer(WORDS);

/** English templates of this detector's explanations; `{n}` is the n-th argument. */
export const messages: Record<string, string> = {
  ...WORDS,
  "cloud-masquerade.organisation":
    "{0} hosts of {1} were in contact with {2}, which poses as a storage or backup service (score {3}). The contact ran from {4} to {5} on {6} days; {7} were sent and {8} received. The servers answered on {9}; in all, {10} organisations and {11} inside hosts used them. What gave them away, over all who used them: {12}",
  "cloud-masquerade.unknown-organisation":
    "{0} hosts of no known organisation were in contact with {2}, which poses as a storage or backup service (score {3}). The contact ran from {4} to {5} on {6} days; {7} were sent and {8} received. The servers answered on {9}; in all, {10} known organisations and {11} inside hosts used them. What gave them away, over all who used them: {12}",
};
