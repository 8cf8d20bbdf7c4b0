export const messages: Record<string, string> = {
  "first-contact.new":
    "{0} contacted {1} for the first time on {2}, {3} days after its sensor began, and last on {4}: on {5} days, {6} sent and {7} " +
    "received. {8} of our hosts contact it.",
};
