/** Words of the recommendations. `{n}` is the n-th argument. `hardening.ID` and `needs.ID` belong to measures of `src/assess/actions/hardening.yaml`. */
export const ACTION_MESSAGES = {
  "actions.title": "Recommended actions",
  "actions.short": "Actions",
  "actions.none":
    "Nothing is recommended: no organisation is compromised or suspected on a finding of medium severity or above. That is not a clean bill of health.",
  "actions.now": "Now, in this order",
  "actions.now.lead":
    "Evidence first, for who isolates or cleans a host first loses what it knew. Confirm on the host before you act on one finding alone.",
  "actions.later": "What would have stopped it, by its effect here",
  "actions.later.lead":
    "Counted over what was found here: organisations compromised or suspected: {0}; incidents: {1}, with steps: {2}; days of dwell: {3}. A step is answered where ATT&CK says that the mitigation answers its technique; days are those after the first finding that the measure answers.",
  "actions.rule":
    "Score = factor × mean of the shares of organisations, incidents, steps and days (those of which there are none are left out). The factor is 1 for what prevents and 0.5 for what hinders or reveals. This is an upper bound and no forecast: it assumes that the measure is complete and that operators had found no other way. Findings below medium severity do not count, nor medium ones that hang together with nothing.",
  "actions.unanswered": "Techniques found here that no measure of the list answers: {0}.",
  "actions.more": "and {0} more",
  "actions.more-rows": "{0} more in assessment.json.",
  "actions.everybody": "Everybody",
  "actions.active": "still active",
  "actions.sum": "{0} × mean of {1}",
  "actions.reach.organisations": "organisations {0} of {1}",
  "actions.reach.incidents": "incidents {0} of {1}",
  "actions.reach.steps": "steps {0} of {1}",
  "actions.reach.days": "days {0} of {1}",
  "actions.new-steps": "steps that nothing above answers: {0}",
  "actions.head.action": "Action",
  "actions.head.whose": "Organisation",
  "actions.head.what": "Which",
  "actions.head.behind": "Findings",
  "actions.head.measure": "Measure",
  "actions.head.score": "Score",
  "actions.head.answers": "What it answers here",
  "actions.head.cost": "Cost",
  "actions.head.attack": "ATT&CK",

  "response.preserve-logs": "Preserve logs and memory of hosts whose logs were cleared or switched off",
  "response.block-confirmed": "Block, and look for in all logs kept",
  "response.isolate-hosts": "Isolate from the network, without switching off",
  "response.reset-accounts":
    "Reset, end open sessions and tickets, and look at what the account did elsewhere",
  "response.check-suspected": "Check, then block: found by behaviour and not yet confirmed",
  "response.search-shared":
    "Look for in all logs kept, but do not block: confirmed, and either used by others too or no public name or address",
  "response.examine-hosts":
    "Examine: reached or named by findings that are not grave enough to isolate on, or assets in contact with affected hosts",
  "response.collect-host-logs":
    "Collect logs of the hosts: there are none in this telemetry, and network logs do not show what ran",
  "response.fill-outages": "Ask for other logs of the hours in which the sensors were down",

  "effect.prevents": "prevents",
  "effect.hinders": "hinders",
  "effect.reveals": "reveals",
  "cost.low": "low (days)",
  "cost.medium": "medium (weeks)",
  "cost.high": "high (months)",

  "hardening.egress-by-proxy":
    "Let hosts reach the Internet through a proxy and your own resolvers alone, and close all other ports",
  "needs.egress-by-proxy": "a proxy, a rule at the border that denies by default, and a list of exceptions",
  "hardening.web-destinations":
    "Allow servers the few destinations on the web that they need, and workstations none that is new or uncategorised",
  "needs.web-destinations": "a filtering proxy, and somebody who answers requests for exceptions",
  "hardening.signatures-at-the-border":
    "Block and alert at the border on this report's indicators and on rules for its protocols",
  "needs.signatures-at-the-border": "an intrusion prevention system in line; the exports of this report",
  "hardening.tls-inspection": "Inspect TLS where law and contracts allow it",
  "needs.tls-inspection":
    "a proxy that ends TLS, a certificate authority of your own on all hosts, a legal basis",
  "hardening.upload-limits": "Raise an alarm at uploads beyond a host's habit to destinations outside a list",
  "needs.upload-limits": "volumes per host and destination, a list of backup and storage services in use",
  "hardening.management-from-few-hosts":
    "Allow shares, remote desktop and remote management between hosts only from hosts made for administration",
  "needs.management-from-few-hosts":
    "host firewalls set by policy, administration hosts, an inventory of what uses these services",
  "hardening.tiered-administration":
    "Separate administration by tiers, with no account of a higher tier on a host of a lower one",
  "needs.tiered-administration": "accounts and hosts per tier, logon restrictions, people who keep to them",
  "hardening.second-factor": "Ask for a second factor for administrators and for every way in from outside",
  "needs.second-factor":
    "an identity provider that enforces it, keys or tokens, older protocols switched off",
  "hardening.application-control":
    "Run programs, scripts and libraries from a list alone, first on servers and administration hosts",
  "needs.application-control":
    "App Control or AppLocker with rules for DLLs, an audit phase, upkeep of the list",
  "hardening.behaviour-rules":
    "Switch on the rules of endpoint protection against injection, theft of credentials and persistence",
  "needs.behaviour-rules": "endpoint protection with such rules, an audit phase before they block",
  "hardening.credential-guard": "Protect the memory that holds credentials",
  "needs.credential-guard": "LSA protection and Credential Guard on hardware that supports it",
  "hardening.logs-off-the-host":
    "Send logs at once to a collector that administrators of the hosts cannot change",
  "needs.logs-off-the-host":
    "a collector with accounts of its own, forwarding on all hosts, an alarm when a host falls silent",
  "hardening.guard-of-logging": "Let few accounts change audit policy and logging, and look for such changes",
  "needs.guard-of-logging": "group policy, an alarm on events of policy change",
  "hardening.review-of-autostarts":
    "Compare services, tasks and libraries of programs with a baseline, every week",
  "needs.review-of-autostarts":
    "an inventory of autostarts of all hosts, and somebody who reads the differences",
  "hardening.web-server-rights":
    "Take from accounts of web servers the right to write where pages run, and switch off what sites do not use",
  "needs.web-server-rights": "rights set on folders, a way to publish that uses another account",
  "hardening.attachments":
    "Refuse by mail what can run: archives with programs or links, disk images, templates from elsewhere",
  "needs.attachments": "rules of the mail gateway; policies that stop images from being mounted",
  "hardening.training":
    "Train those who got such mail, with what was found here, and give them one button to report it",
  "needs.training": "a person who answers reports the same day",
} as const;
