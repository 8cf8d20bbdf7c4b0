export const messages: Record<string, string> = {
  "many-odd-ports.server":
    "{0} answered {1} hosts of {2} on {3} between {4} and {5}, on {6} days; {7} were sent and {8} received. In all, {9} inside hosts of {10} " +
    "organisations use it. {11}",
};
