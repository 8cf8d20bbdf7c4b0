/** English templates of this detector's explanations; `{n}` is the n-th argument. */
export const messages: Record<string, string> = {
  "cloud-masquerade.organisation":
    "{0} hosts of {1} were in contact with {2}, which poses as a storage or backup service (score {3}). The contact ran from {4} to {5} on {6} days; {7} were sent and {8} received. The servers answered on {9}; in all, {10} organisations and {11} inside hosts used them. What gave them away, over all who used them: {12}",
  "cloud-masquerade.unknown-organisation":
    "{0} hosts of no known organisation were in contact with {2}, which poses as a storage or backup service (score {3}). The contact ran from {4} to {5} on {6} days; {7} were sent and {8} received. The servers answered on {9}; in all, {10} known organisations and {11} inside hosts used them. What gave them away, over all who used them: {12}",
};
