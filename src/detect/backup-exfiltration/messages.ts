export const messages: Record<string, string> = {
  "backup-exfiltration.irregular":
    "{0} sent {1} to {2} and received {3}, in {4} uploads on {5} days between {6} and {7}; the largest were {8}. In the same hours of {9} " +
    "other days the same hosts sent {10} in the middle and at most {11} on nine days of ten; the whole organisation at most {12}. {13} of " +
    "the volume lies beyond that. On {14} of the days on which a backup job would have been due an upload came.",
  "backup-exfiltration.irregular-alone":
    "{0} sent {1} to {2} and received {3}, in {4} uploads on {5} days between {6} and {7}; the largest were {8}. In the same hours of {9} " +
    "other days it sent {10} in the middle and at most {11} on nine days of ten. {12} of the volume lies beyond that. On {13} of the days " +
    "on which a backup job would have been due an upload came.",
  "backup-exfiltration.irregular-uncompared":
    "{0} sent {1} to {2} and received {3}, in {4} uploads on {5} days between {6} and {7}; the largest were {8}. No other day was watched " +
    "in these hours, so that nothing can be said about what is usual there.",
  "backup-exfiltration.surge":
    "{0} sends to {1} regularly, {2} days in all. On {3} such days it sent far more than its own history makes expected: most on {4}, {5}, " +
    "where {6} to {7} were expected. {8} more than expected left in all: {9}.",
};
