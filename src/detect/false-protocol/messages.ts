const BODY =
  "in {3} connections between {4} and {5}: {6} sent, {7} received, {8} connections with data both ways, on {9} days. The sensor recognised what " +
  "belongs on the port in {10} other connections of the two. {11} of our hosts contact this server.";

export const messages: Record<string, string> = {
  "false-protocol.unnamed": `{0} sent something to {1} on port {2} that the sensor did not recognise as anything, ${BODY}`,
  "false-protocol.other": `{0} spoke {12} with {1} on port {2}, ${BODY}`,
  "false-protocol.no-handshake": `{0} exchanged TLS records with {1} on port {2} although no handshake was ever finished, ${BODY}`,
};
