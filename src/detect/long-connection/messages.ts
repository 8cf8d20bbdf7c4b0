export const messages: Record<string, string> = {
  "long-connection.closed":
    "{0} held {1} long connections with {2}, the longest for {3}, between {4} and {5}: {6} sent, {7} received. " +
    "{8} of our hosts contact this server.",
  "long-connection.open":
    "{0} held {1} long connections with {2}, the longest for {3} and still open when last seen, between {4} and {5}: " +
    "{6} sent, {7} received. {8} of our hosts contact this server.",
};
