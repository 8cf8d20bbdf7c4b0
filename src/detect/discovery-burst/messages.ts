export const messages: Record<string, string> = {
  "discovery-burst.asked":
    "{0} asked {1} kinds of questions about {2} and what is around it, from {3} to {4} ({5} bursts). Behind the commands stands {6}. They were: {7}. What speaks for an intruder: {8}",
};
