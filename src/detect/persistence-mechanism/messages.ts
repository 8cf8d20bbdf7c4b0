export const messages: Record<string, string> = {
  "persistence-mechanism.made":
    'The {0} "{1}" was made on {3} (hosts: {2}), first on {4}, last on {5}. It starts: {6}. {7} What speaks for an intruder: {8}',
};
