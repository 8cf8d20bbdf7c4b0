export const messages: Record<string, string> = {
  "log-tampering.signs":
    "On {0} {1, plural, one {there is # sign} other {there are # signs}} between {2} and {3} that somebody laid hands on its event logs, or that they failed: {4}.",
  "log-tampering.by":
    "On {0} {1, plural, one {there is # sign} other {there are # signs}} between {2} and {3} that somebody laid hands on its event logs: {4}. The events name {5}.",
  "log-tampering.signs.once":
    "On {0} {1, plural, one {there is # sign} other {there are # signs}} of {2} that somebody laid hands on its event logs, or that they failed: {4}.",
  "log-tampering.by.once":
    "On {0} {1, plural, one {there is # sign} other {there are # signs}} of {2} that somebody laid hands on its event logs: {4}. The events name {5}.",
};
