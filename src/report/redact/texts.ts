/** What stands in the place of others' stories. `{n}` is the n-th argument, as in detectors' messages. */
export const REDACTED_MESSAGES: Readonly<Record<string, string>> = {
  "redacted.finding":
    "Details are withheld, for this report is made for others than {0}. The detector found this between {1} and {2}.",
  "redacted.incident":
    "Details are withheld, for this report is made for others than {0}. {1} findings make up this incident, between {2} and {3}; in order of time they show {4}.",
};

export const WITHHELD = "Withheld: this report is made for others.";
