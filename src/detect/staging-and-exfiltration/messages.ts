export const messages: Record<string, string> = {
  "staging-and-exfiltration.chain":
    "On {0}, from {1} to {2}, files were collected and, as far as the logs say, {3}. Step by step: {4}. What speaks for an intruder: {5}",
};
