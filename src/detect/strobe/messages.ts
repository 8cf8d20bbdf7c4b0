export const messages: Record<string, string> = {
  "strobe.pair":
    "{0} opened {1} connections to {2} (port {3}) between {4} and {5}: {6} an hour at the most, in {7} hours of that kind. {8} of the " +
    "connections were answered.",
};
