export const messages: Record<string, string> = {
  "scan.horizontal":
    "{0} tried {1} on {2} machines between {3} and {4}; {5} of them never answered it ({6} of these inside, {7} at addresses where nothing " +
    "was ever seen). On its busiest day {8} did not answer.",
  "scan.vertical":
    "{0} tried {1} ports of {2} between {3} and {4}; {5} of them never answered it. On its busiest day {6} did not answer.",
  "scan.block":
    "{0} tried {1} services on up to {2} machines and up to {3} ports of one machine between {4} and {5}; {6} of these targets never answered " +
    "it ({7} of the machines are at inside addresses where nothing was ever seen).",
  "scan.inbound":
    "{0} addresses that are not ours scanned machines of {1} between {2} and {3}: {4} connections to {5} machines. The busiest: {6}. Anyone on " +
    "the Internet is scanned; this is noise, named so that it is not mistaken for more.",
};
