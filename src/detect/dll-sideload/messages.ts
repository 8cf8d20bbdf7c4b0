export const messages: Record<string, string> = {
  "dll-sideload.pair":
    "{0} ({1}) loaded {2} ({3}) on {5} (hosts: {4}), first on {6}, last on {7}. {8} What speaks for a side-load: {9}",
  "dll-sideload.configuration":
    "{0} ({1}) was run beside a configuration file that had been written there, {2} ({3}), on {5} (hosts: {4}), first on {6}, last on {7}. {8} What speaks for a side-load: {9}",
};
