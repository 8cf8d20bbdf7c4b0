const SENT =
  "{0} sent {1} to {2} and received {3}, in {4} uploads on {5} days between {6} and {7}; the largest were {8}. ";
const RHYTHM =
  "of the days on which a backup job would have been due an upload came, and {N} of the volume left in the hours in which the " +
  "organisation's own backup jobs run. ";

export const messages: Record<string, string> = {
  "backup-exfiltration.irregular":
    `${SENT}Leaving its regular backups aside, the same hosts sent in the same hours of {9} other days {10} in the middle and at most {11} ` +
    `on nine days of ten; the whole organisation at most {12}. {13} of the volume lies beyond that. On {14} ${RHYTHM.replace("{N}", "{15}")}` +
    "Besides: {16}.",
  "backup-exfiltration.irregular-alone":
    `${SENT}Leaving its regular backups aside, it sent in the same hours of {9} other days {10} in the middle and at most {11} on nine days ` +
    `of ten. {12} of the volume lies beyond that. On {13} ${RHYTHM.replace("{N}", "{14}").replace("organisation's", "host's")}Besides: {15}.`,
  "backup-exfiltration.irregular-uncompared": `${SENT}No other day was watched in these hours, so that nothing can be said about what is usual there. Besides: {9}.`,
  "backup-exfiltration.surge":
    "{0} sends to {1} regularly, {2} days in all. On {3} such days it sent far more than its own history makes expected: most on {4}, {5}, " +
    "where {6} to {7} were expected. {8} more than expected left in all: {9}.",
};
