export const messages: Record<string, string> = {
  "lateral-movement.path":
    "Between {1} and {2} somebody went from host to host ({0}): {3}. What speaks for an intruder: {4}.",
};
