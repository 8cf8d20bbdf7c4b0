export const messages: Record<string, string> = {
  "log-tampering.signs":
    "On {0} there are {1} signs between {2} and {3} that somebody laid hands on its event logs, or that they failed: {4}.",
  "log-tampering.by":
    "On {0} there are {1} signs between {2} and {3} that somebody laid hands on its event logs: {4}. The events name {5}.",
};
