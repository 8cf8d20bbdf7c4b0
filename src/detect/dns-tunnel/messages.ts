export const messages: Record<string, string> = {
  "dns-tunnel.names":
    "{0} asked for {1} different names below {2} (up to {3} on one day, {4} queries) between {5} and {6}. They are {7} characters long on average, " +
    "unlike the names that this network uses, and could have carried {8} out. {9} of our hosts look this domain up.",
  "dns-tunnel.polling":
    "{0} sent {4} queries for {1} names below {2} between {5} and {6}, mostly for records that carry text, and got {10} different answers. " +
    "{9} of our hosts look this domain up.",
};
