/** Words of the page around the sections, and of its print margins. `{n}` is the n-th argument. */
export const PAGE_MESSAGES = {
  "page.skip": "Skip to the summary",
  "page.contents": "Contents",
  "page.synthetic": "Synthetic data.",
  "page.synthetic.short": "synthetic data",
  "page.synthetic.margin": "Synthetic data",
  "page.synthetic.lead":
    "This report was made from simulated logs. Its organisations are invented; it tests the tool and says nothing about the world.",
  "page.footer": "made by Longwatch at {0} · this file loads nothing and runs nothing",
  "page.assessment": "assessment",
  "page.period": "Period",
  "page.made": "Made",
  "page.no-period": "no time covered",
} as const;
