export const messages: Record<string, string> = {
  "web-shell.found": "{0} on {1}, first on {2}, last on {3}. {4} {5} What speaks for a web shell: {6}",
};
