export const messages: Record<string, string> = {
  "rare-client.outbound":
    "{0} has a client that {1} of {2} hosts have ({3}: {4}). It went to {5}, which {6} of our hosts contact, {7} times between {8} and {9}, in {10} different hours on " +
    "{11} days. {12}",
  "rare-client.inbound":
    "{0} outside asked {1} for web pages without saying which host it meant, {2} times between {3} and {4}, in {5} different hours on {6} days. Its client " +
    "({7}) is one that {8} of {9} outside clients have.",
};
