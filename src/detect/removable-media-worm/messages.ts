export const messages: Record<string, string> = {
  "removable-media-worm.program":
    "{0} behaves like a worm on removable drives, on {2} (hosts: {1}), first on {3}, last on {4}. {5} What speaks for it: {6}",
};
