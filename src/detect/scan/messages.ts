export const messages: Record<string, string> = {
  "scan.horizontal":
    "{0} tried {1} on up to {2} machines a day between {3} and {4}; {5} of them never answered it that day ({6} of these on our side, {7} at " +
    "addresses where nothing was ever seen). Days with such a scan: {8}.",
  "scan.vertical":
    "{0} tried up to {1} ports of {2} a day between {3} and {4}; {5} of them never answered it that day. Days with such a scan: {6}.",
  "scan.block":
    "{0} tried {1} services on up to {2} machines and up to {3} ports of one machine between {4} and {5}; {6} of these targets never answered " +
    "it ({7} machines at addresses on our side where nothing was ever seen).",
  "scan.inbound":
    "{0} addresses that are not known to be ours scanned machines of {1} between {2} and {3}: {4} connections to {5} machines, most to ports " +
    "{6}. The busiest: {7}. Anyone on the Internet is scanned; this is noise, named so that it is not mistaken for more.",
};
