export const messages: Record<string, string> = {
  "process-anomaly.rare":
    "{0} was started by {1} on {2}, first on {3}, last on {4}, as hardly ever in this case. The command was: {5}. What is odd: {6}",
  "process-anomaly.touched":
    "{0} {1} {2} on {3}, first on {4}, last on {5} ({6} times). What speaks for an intruder: {7}",
};
