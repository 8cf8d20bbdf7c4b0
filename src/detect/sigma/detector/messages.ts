export const messages: Record<string, string> = {
  "sigma.rule":
    'The Sigma rule "{0}" (level {1}) matched {2} events on {3} hosts between {4} and {5}, most on {6}. What it looks for: {7}',
  "sigma.correlation":
    'The Sigma rule "{0}" (level {1}) found {2} groups of events between {4} and {5} (hosts that they name: {3}: {6}). What it looks for: {7}',
  "sigma.others":
    "{0} more Sigma rules matched {1} events on {2} hosts between {3} and {4}; they are of low level, or less grave than those with a finding of their own: {5}.",
};
