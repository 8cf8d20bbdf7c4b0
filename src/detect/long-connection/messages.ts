import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "long-connection.pairs-long-connections": "pairs with long connections",
  "long-connection.pairs-weighed-longest": "pairs weighed (the longest)",
  "long-connection.pairs-not-reported-beyond": "pairs not reported (beyond max_findings)",
  "long-connection.longest-lasted-hours-full": "the longest lasted {0} hours; full at 12",
  "long-connection.our-hosts-contact-server": "{0} of our hosts contact this server; nothing at 10",
  "long-connection.connection-had-no-end": "a connection had no end when last seen",
  "long-connection.more-than-mb-sent": "more than 1 MB was sent, and more than was received",
  "long-connection.held-connection-hours": "{0} held a connection with {1} for {2} hours",
  "long-connection.both-ends-inside-where":
    "Both ends are inside, where long connections are the rule; a last number of 255 may be a broadcast.",
  "long-connection.long-connections-ordinary-push":
    "Long connections are ordinary for push services, calls, tunnels and remote work: this supports other evidence and is none by itself.",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "long-connection.closed":
    "{0} held {1} long connections with {2}, the longest for {3}, between {4} and {5}: {6} sent, {7} received. " +
    "{8} of our hosts contact this server.",
  "long-connection.open":
    "{0} held {1} long connections with {2}, the longest for {3} and still open when last seen, between {4} and {5}: " +
    "{6} sent, {7} received. {8} of our hosts contact this server.",
};
