export const messages: Record<string, string> = {
  "tool-transfer.fetch":
    "{0} fetched {1} from {2} (port {3}) over plain HTTP: {4} from {5} to {6}, for example {7}. What speaks for an intruder: {8}",
  "tool-transfer.send":
    "{0} sent {1} to {2} (port {3}) over plain HTTP: {4} from {5} to {6}, for example {7}. What speaks for an intruder: {8}",
};
