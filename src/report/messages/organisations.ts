/** Words of the organisations, and of the judgements about one of them. `{n}` is the n-th argument. */
export const ORGANISATION_MESSAGES = {
  "organisations.title": "Organisations",
  "organisations.short": "Organisations",
  "organisations.none": "No organisation was in contact with confirmed or suspected infrastructure.",
  "organisations.confidence": "confidence {0}",
  "organisations.findings": "{0, plural, one {# finding} other {# findings}}",
  "organisations.out": "{0} out",
  "organisations.more-hosts": "and {0, plural, one {# more host} other {# more hosts}}, in assessment.json",
  "organisations.quiet": "{0, plural, one {# organisation} other {# organisations}} without contact",
  "organisations.no-data": ", {0} of them without data",
  "organisation.judgements": "Judgements",
  "organisation.likelihood": "That {0} is compromised is assessed as {1} ({2}).",
  "organisation.confidence": "Confidence in this is {0}.",
  "organisation.since.active": "Seen from {0} to {1}, and still in the last seven days of the telemetry.",
  "organisation.since.silent": "Seen from {0} to {1}, and not in the last seven days of the telemetry.",
  "organisation.means": "By what: {0}.",
  "organisation.hosts": "Hosts that findings show acts or contact on: {0}.",
  "organisation.reach.acted": "Within reach: {0} ({1}); findings show acts on it, from {2} to {3}.",
  "organisation.reach.reached":
    "Within reach: {0} ({1}); findings show that it was reached from elsewhere, from {2} to {3}.",
  "organisation.reach.stepped":
    "Within reach: {0} ({1}); a finding that is weak by itself has a step to it from {2}, on which others show acts, from {3} to {4}.",
  "organisation.reach.contact":
    "Could have been reached: {0} ({1}); {2} of the hosts above had answered connections with it ({3}), from {4} to {5}. Hosts have such traffic every day as well.",
  "organisation.reach.more": "Further assets within reach or in contact, in assessment.json: {0}.",
  "organisation.reach.domain":
    "A domain controller was within reach, as findings show: the credentials of its whole domain have to be taken as within reach.",
  "organisation.reach.domain-contact":
    "Whether whoever was on these hosts used the domain controller is not known; if so, the credentials of its whole domain were within reach.",
  "organisation.reach.none":
    "No asset of the list that keeps data is named by a finding or was in contact with these hosts, as far as the telemetry shows.",
  "organisation.reach.no-list":
    "What data was within reach cannot be said: no asset list was given for this organisation.",
  "organisation.volume":
    "At least {0} left in uploads measured from {1} to {2}, to {3}: consistent with theft of data, and with a transfer that somebody ordered.",
  "organisation.volume.unmeasured":
    "Uploads were ordered from {0} to {1}, to {2}; no sensor saw them, so whether and how much left is not known.",
  "organisation.unknown.content":
    "Not known: what was read or taken. That an asset was within reach does not say that anything of it was.",
  "organisation.unknown.older": "Not known: how long before the telemetry begins this went on.",
  "organisation.unknown.hosts":
    "Not known: what ran on these hosts, for there are no event logs of Windows hosts.",
  "organisation.unknown.gaps": "Not known: what happened while sensors were down ({0} of the time).",
} as const;
