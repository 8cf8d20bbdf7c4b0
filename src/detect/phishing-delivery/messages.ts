export const messages: Record<string, string> = {
  "phishing-delivery.delivered":
    "{0} sent {1} ({2}) under the subject {3} to {4} (messages: {5}), first on {6}, last on {7}. {8} What speaks for an attack: {9}",
};
