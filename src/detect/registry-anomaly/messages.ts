export const messages: Record<string, string> = {
  "registry-anomaly.written":
    "On {1} (hosts: {0}), {2}. First written on {3}, last on {4}, by {5}. Values: {6}. What speaks for an intruder: {7}",
};
