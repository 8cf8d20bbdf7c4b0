/** Explanations by key. Arguments: see `explanationOf` in finding.ts; their order is the same for every key. */
export const messages: Record<string, string> = {
  "infrastructure-contact.persistent":
    "{0} kept up contact with watched infrastructure ({1}) from {2} to {3}: on {4} days in {5} different weeks, {6} connections from {7} " +
    "hosts, {8} sent and {9} received. The longest silence while a sensor was up lasted {10}. Known from: {11}.",
  "infrastructure-contact.repeated":
    "{0} was in contact with watched infrastructure ({1}) more than once between {2} and {3}: on {4} days in {5} different weeks, {6} " +
    "connections from {7} hosts, {8} sent and {9} received. The longest silence while a sensor was up lasted {10}. Known from: {11}.",
  "infrastructure-contact.single":
    "{0} contacted watched infrastructure ({1}) once, between {2} and {3}: {6} connections from {7} hosts, {8} sent and {9} received. " +
    "A single visit alone does not show a compromise. Known from: {11}.",
  "infrastructure-contact.scanning":
    "Between {2} and {3} there was contact between {0} and watched infrastructure ({1}) that looks like scanning: {6} connections " +
    "with {7} hosts, {8} sent and {9} received, unanswered or without a conversation. Known from: {11}.",
  "infrastructure-contact.lookup_only":
    "{0} looked up watched names ({1}) on {4} days between {2} and {3}, from {7} hosts, and no connection to an address behind them was " +
    "seen. Known from: {11}.",
};
