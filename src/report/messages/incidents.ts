/** Words of incidents and campaigns. `{n}` is the n-th argument. */
export const INCIDENT_MESSAGES = {
  "incidents.title": "Incidents and campaigns",
  "incidents.short": "Incidents",
  "incidents.lead":
    "Findings that share a host, an account, a program or a server within a time are one incident; incidents of several organisations that share servers or tools are one campaign. What serves everyone ties nothing together.",
  "incidents.more-campaigns":
    "{0, plural, one {# more campaign} other {# more campaigns}} in assessment.json.",
  "incidents.shared": "{0, plural, one {# thing} other {# things}} that {1} incidents share",
  "incidents.first": "The first {0} of {1}",
  "incidents.about-shared": "findings about what is shared: {0}",
  "incidents.more": "{0, plural, one {# more incident} other {# more incidents}} in assessment.json.",
  "incidents.weaker":
    "{0, plural, one {# weaker finding} other {# weaker findings}} tied to it, too weak for a step: {1}",
  "incidents.label":
    "Timeline of {0, plural, one {# step} other {# steps}} on {1, plural, one {# host} other {# hosts}}: {2}",
  "incidents.grave": "high or critical",
  "incidents.caption": "In full: steps of the plausible sequence; pale: what else belongs to the incident.",
  "incidents.more-steps": "{0, plural, one {# more step} other {# more steps}} in the table.",
  "incidents.table": "Steps as a table ({0})",
  "incidents.first-steps": "The first {0} of {1} steps",
  "incidents.graph":
    "Graph of {0, plural, one {# thing} other {# things}} that the findings of this incident name",
  "incidents.graph.caption": "A line: one finding names both. What more of them name is drawn first.",
  "incidents.graph.left-out": "{0, plural, one {# thing} other {# things}} not drawn.",
  "incidents.entities": "Entities as a table ({0})",
  "incidents.no-host": "no host",
  "incidents.column.hosts": "Hosts",
  "incidents.column.accounts": "Accounts",
  "incidents.column.programs": "Programs and files",
  "incidents.column.names": "Names and addresses",
  "incidents.column.certificates": "Certificates",
  "incidents.no-tactic": "no tactic known",
  "incidents.reduction.nothing": "There are no findings, and so no incidents",
  "incidents.reduction.none":
    "{0, plural, one {# finding} other {# findings}}, none strong enough or tied enough to others to be an incident",
  "incidents.reduction":
    "{0, plural, one {# finding} other {# findings}}: {1} of them in {2, plural, one {# incident} other {# incidents}} ({3, plural, one {# step} other {# steps}}) and {4, plural, one {# campaign} other {# campaigns}}",
  "incidents.reduction.alone": "; {0} in none, too weak and tied to nothing stronger",
} as const;
