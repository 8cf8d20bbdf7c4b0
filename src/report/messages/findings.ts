/** Words of the findings and their evidence. `{n}` is the n-th argument. */
export const FINDING_MESSAGES = {
  "findings.title": "Findings and evidence",
  "findings.short": "Findings",
  "findings.none": "No detector found anything. {0} stands below.",
  "findings.none.link": "How much each of them looked at",
  "findings.lead":
    "{0, plural, one {# finding} other {# findings}}: {1}. Worst first. A score is explained by its components and is not a probability. On paper, the first {2} behind each key judgement are printed in full.",
  "findings.about": "About",
  "findings.no-line": "No single log line stands for this finding; it rests on the figures above.",
  "findings.not-shown": "line {0} is not shown: {1}",
  "findings.not-loaded": "it was not loaded",
  "findings.source": "{0}, line {1}",
  "findings.evidence": "{0, plural, one {# evidence line} other {# evidence lines}}, word for word",
  "findings.more-lines": "{0, plural, one {# more line} other {# more lines}} not shown here: {1}",
  "findings.brief": "{0, plural, one {# more finding} other {# more findings}} in brief",
  "findings.brief.lead":
    "To keep this file small they are listed without evidence; each is in {0}, and {1} shows it in full.",
  "findings.of": "{0} {1}",
} as const;
