export const messages: Record<string, string> = {
  "failed-beacon.server":
    "{0} tried to reach {1} (port {2}) {3} times between {4} and {5}, in {6} connections of which {7} were answered. It tries every {9} " +
    "(median); {8} of the waits between attempts lie within 30 % of their median. {10} of our hosts try to reach it.",
  "failed-beacon.name":
    "{0} asked for {1} {2} times between {3} and {4} and was told each time that there is no such name or no answer. It asks every {6} " +
    "(median); {5} of the waits lie within 30 % of their median. {7} of our hosts ask for it.",
};
