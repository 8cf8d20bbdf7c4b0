export const messages: Record<string, string> = {
  "script-host-abuse.ran":
    "{0} ran on {1}, first on {2}, last on {3} ({4} times), as: {5}. What speaks for an intruder: {6}",
};
