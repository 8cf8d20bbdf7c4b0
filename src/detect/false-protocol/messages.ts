import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "false-protocol.what-does": "It is what {0} does.",
  "false-protocol.has-real-provider-name": "It has a real provider's name ({0}).",
  "false-protocol.neither-end-known-be": "Neither end is known to be ours.",
  "false-protocol.sensor-recognised-tunnel-or":
    "The sensor recognised {0}: a tunnel or a service on an unusual port, of administrators too.",
  "false-protocol.no-connection-carried-data": "No connection carried data both ways.",
  "false-protocol.few-connections-carried-data":
    "Few connections carried data both ways ({0}), and none lasted long.",
  "false-protocol.all-happened-within-seconds": "All of it happened within {0} seconds.",
  "false-protocol.our-hosts-contact-server.2":
    "{0} of our hosts contact the server: software on many machines speaks so.",
  "false-protocol.server-also-speaks-port": "The server also speaks {0} on this port (connections: {1}).",
  "false-protocol.has-name-ask-what": "It has a name ({0}): ask what software uses it.",
  "false-protocol.host-look-ups-not":
    "This host's look-ups are not in the logs, so the server may have a name.",
  "false-protocol.sensor-recognises-only-what":
    "The sensor recognises only {0} of what it sees on this port.",
  "false-protocol.connections-carried-data-both":
    "{0} of {1} connections carried data both ways, {2} bytes out and {3} in; logarithmic, full at 10,000 each way",
  "false-protocol.connections-days-longest-full":
    "{0} connections on {1} days, the longest for {2} s; full at 50 connections, 5 days or 4 hours",
  "false-protocol.our-hosts-contact-server": "{0} of our hosts contact the server; nothing at 10",
  "false-protocol.server-connections-port-kind":
    "{0} of the server's connections on this port are of this kind; it spoke {1} in {2}",
  "false-protocol.known-as": "known as {0}",
  "false-protocol.address-used-without-ever": "the address was used without ever asking for a name",
  "false-protocol.no-name-known-but": "no name is known, but this host's look-ups are not in the logs: half",
  "false-protocol.speaks": "{0} speaks {1} with {2}",
  "false-protocol.exchanges-tls-records-without": "{0} exchanges TLS records without a handshake with {1}",
  "false-protocol.speaks-no": "{0} speaks no {1} with {2}",
  "false-protocol.messengers-games-remote-support":
    "Messengers, games, remote support and private networks speak protocols of their own on these ports: the content tells, which logs do not have.",
  "false-protocol.no-connection-port-or":
    "no connection to port 80 or 443 was seen from its beginning and with data both ways",
  "false-protocol.no-sensor-recognises-protocols":
    "no sensor recognises the protocols of its connections to port 80 or 443",
  "false-protocol.whole-connections-ports": "whole connections to ports 80 and 443",
  "false-protocol.these-at-sensors-days":
    "of these, at sensors and on days that recognise no protocols (not judged)",
  "false-protocol.pairs-another-protocol-than": "pairs with another protocol than the port's",
  "false-protocol.limit-pairs-reached-those":
    "limit of pairs reached (those with fewest connections are missing)",
  "false-protocol.pairs-allow-list-left": "pairs on the allow-list left out",
  "false-protocol.pairs-not-reported-beyond": "pairs not reported (beyond max_findings)",
} as const;

export const say = sayer(WORDS);

const BODY =
  "in {3} connections between {4} and {5}: {6} sent, {7} received, {8} connections with data both ways, on {9} days. The sensor recognised what " +
  "belongs on the port in {10} other connections of the two. {11} of our hosts contact this server.";

export const messages: Record<string, string> = {
  ...WORDS,
  "false-protocol.unnamed": `{0} sent something to {1} on port {2} that the sensor did not recognise as anything, ${BODY}`,
  "false-protocol.other": `{0} spoke {12} with {1} on port {2}, ${BODY}`,
  "false-protocol.no-handshake": `{0} exchanged TLS records with {1} on port {2} although no handshake was ever finished, ${BODY}`,
};
