/** Texts of the attribution, by key. Arguments are typed; those that name organisations carry them, so that a report for one can leave out the others. */
export const ATTRIBUTION_MESSAGES: Readonly<Record<string, string>> = {
  "attribution.verdict.insufficient_evidence":
    "Insufficient evidence to name anybody. Compared: {0} clusters, an unknown cluster, criminals, and legitimate administration or a test; most weight falls on {1} ({2}), which is a ranking and no attribution. Nothing specific enough to one cluster was found.",
  "attribution.verdict.conflict":
    "Insufficient evidence to name anybody. Compared: {0} clusters, an unknown cluster, criminals, and legitimate administration or a test; most weight falls on {1} ({2}). Specific traces are there; they do not carry it past the other hypotheses.",
  "attribution.verdict.consistent_with":
    "Consistent with {1} ({2} after comparison with {0} clusters, an unknown cluster, criminals, and legitimate administration or a test). Most telling: {3}.",
  "attribution.verdict.unknown_cluster":
    "An unknown cluster: the traces are those of activity that sources describe ({1}; {2} after comparison with {0} clusters and the other hypotheses) and give no name. Most telling: {3}.",
  "attribution.technique": "technique {0}, known of {1} of the clusters",
  "attribution.artefact.trace": "{0} ({1}), known of {2} cluster(s)",
  "attribution.artefact.named": "{0}, named by a rule that matched, used by {2} cluster(s)",
  "attribution.sector": "victims in sector {0} ({1})",
  "attribution.country": "victims in {0}",
  "attribution.calendar.fits": "the operators kept the holidays of {0} ({1})",
  "attribution.calendar.excluded": "the operators did not keep the holidays of {0} ({1})",
  "attribution.absent": "technique {0} is not seen, though a detector that ran looks for it",
  "attribution.change.without": "Without “{0}” the verdict would be: {1}.",
  "attribution.change.ranking": "Without “{0}” most weight would fall on {1}.",
  "attribution.change.artefact":
    "A trace known of {0} alone, shown by a finding of medium severity or above, would be evidence that could name it; the knowledge base has {1} such traces that findings can show.",
  "attribution.change.none":
    "The knowledge base has no trace of {0} that findings can show: with it as it is, nothing found here can name it.",
  "attribution.collect.search": "Search all logs, also older ones, for what is known of {0}: {1}.",
  "attribution.collect.hosts":
    "Collect event logs of the hosts concerned: without them no program, library, service or file can be compared.",
  "attribution.collect.network":
    "Collect network telemetry of the hosts concerned: without it no server can be compared.",
  "attribution.collect.separate":
    "To tell {0} from {1}: look for {2}, known of the one and not of the other.",
  "attribution.caveat.priors":
    "Probabilities rest on stated priors and judged weights (docs/attribution.md); they order hypotheses and are no measured frequencies.",
  "attribution.caveat.few":
    "The knowledge base compares {0} clusters: rarity among so few says little. An import of ATT&CK (`knowledge:` in longwatch.yaml) brings more.",
  "attribution.caveat.related": "Sources disagree on whether {0} and {1} are one; both are kept apart here.",
  "attribution.caveat.single": "The verdict hangs on one piece of evidence.",
};
