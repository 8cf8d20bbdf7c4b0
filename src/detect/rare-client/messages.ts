import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "rare-client.browsers-shuffle-their-tls":
    "Browsers that shuffle their TLS extensions have another JA3 each time; this one came again.",
  "rare-client.so-many-hosts-here":
    "So many hosts here have a rare client at a rare destination that it is the custom of this network.",
  "rare-client.no-inventory-names-owner":
    "No inventory names the owner of the host, so it was compared with all hosts together.",
  "rare-client.hosts-have-full-at": "{0} of {1} hosts with a {2} have it: {3}; full at 1 %",
  "rare-client.our-hosts-go-there": "{0} of our hosts go there, with whatever client: {1}; full at 1 %",
  "rare-client.requests-hours-days-full":
    "{0} requests in {1} hours on {2} days; full at 48 hours and ten days",
  "rare-client.goes-address-nobody-calls": "it goes to an address that nobody calls by a name",
  "rare-client.destination-has-name": "the destination has a name",
  "rare-client.its-requests-do-not":
    "its requests do not say which host they mean, which HTTP/1.1 demands (RFC 9112, section 3.2)",
  "rare-client.its-requests-name-host": "its requests name the host, or are encrypted",
  "rare-client.does-not-visibly-pretend": "it does not visibly pretend to be another program",
  "rare-client.hosts-organisations-go-there":
    "hosts of {0} organisations go there with this client; full at two",
  "rare-client.goes-client-hardly-anyone": "{0} goes to {1} with a client that hardly anyone has",
  "rare-client.keeps-asking-without-host": "{0} keeps asking {1} without a Host header",
  "rare-client.scanners-checks-availability-ask":
    "Scanners and checks of availability ask like this, too. Whether something on the server answers to it, its own log tells.",
  "rare-client.outside-clients-have-at":
    "{0} of {1} outside clients have it: at most {2} (95 %); full at 1 %",
  "rare-client.its-name-slip-pen": "its name is a slip of the pen away from {0}",
  "rare-client.hosts": "hosts with a {0}{1}",
  "rare-client.these-not-reported-beyond": "of these, not reported (beyond max_findings)",
  "rare-client.outside-clients-our-web": "outside clients of our web servers",
  "rare-client.these-repeatedly-without-host": "of these, repeatedly without a Host header",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "rare-client.outbound":
    "{0} has a client that {1} of {2} hosts have ({3}: {4}). It went to {5}, which {6} of our hosts contact, {7} times between {8} and {9}, in {10} different hours on " +
    "{11} days. {12}",
  "rare-client.inbound":
    "{0} outside asked {1} for web pages without saying which host it meant, {2} times between {3} and {4}, in {5} different hours on {6} days. Its client " +
    "({7}) is one that {8} of {9} outside clients have.",
};
