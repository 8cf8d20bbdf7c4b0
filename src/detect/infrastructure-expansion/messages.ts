/** English templates of this detector's explanations; `{n}` is the n-th argument. */
export const messages: Record<string, string> = {
  "infrastructure-expansion.organisation":
    "{0} hosts of {1} were in contact with {2}, which is tied to known infrastructure (confidence {3}) by these steps: {4}. The contact ran from {5} to {6} on {7} days; {8} were sent and {9} received.",
  "infrastructure-expansion.unknown-organisation":
    "{0} hosts of no known organisation were in contact with {2}, which is tied to known infrastructure (confidence {3}) by these steps: {4}. The contact ran from {5} to {6} on {7} days; {8} were sent and {9} received.",
  "infrastructure-expansion.nobody":
    "{0} is tied to known infrastructure (confidence {1}) by these steps: {2}. No inside host was seen in contact with it.",
};
